//! watchfire-server
