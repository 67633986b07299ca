//! watchfire-core
