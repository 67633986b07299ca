# shellcheck shell=bash
# The cargo commands that scripts/test and scripts/check share.

lint_rust() {
  cargo clippy --workspace --all-targets --locked -- -D warnings
}

# run_tests ARGUMENTS…: cargo-nextest where it is installed (faster, one process a test), else cargo.
run_tests() {
  if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run --locked --no-fail-fast "$@"
  else
    cargo test --locked "$@"
  fi
}
