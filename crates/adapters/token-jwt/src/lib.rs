//! JWT signing and verification over a sealed, rotating key ring.
