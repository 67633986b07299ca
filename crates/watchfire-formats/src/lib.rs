//! watchfire-formats
