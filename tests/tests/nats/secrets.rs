//! Who may connect, and to whom.
