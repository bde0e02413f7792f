//! Servers that are cut off from NATS.
