//! The key ring as the sessions crate sees it, over the reference store.

#[cfg(test)]
mod rotation;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod support;
#[cfg(test)]
mod verifying;
