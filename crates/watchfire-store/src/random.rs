//! Random bytes: for names, salts and tokens. Core draws none, so the store does.

/// Draws bytes from the operating system.
///
/// # Panics
/// If the operating system has none to give: no name or salt could be trusted then.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}
