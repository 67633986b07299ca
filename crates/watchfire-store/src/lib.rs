//! watchfire-store
