//! The index against a matcher that compares everything with everything, on made and on real data.

mod made;
mod naive;
mod real;
mod soundness;
