//! Deliveries as a relay sees them.

#[cfg(test)]
mod delivery;
#[cfg(test)]
mod refusal;
#[cfg(test)]
mod relay;
