# shellcheck shell=bash
# The cargo commands that scripts/test and scripts/check share.

# Workspaces of their own, beside the main one. They share its target folder.
beside=(bench fuzz)

format_rust() {
  local workspace
  cargo fmt --all --check || return
  for workspace in "${beside[@]}"; do
    cargo fmt --manifest-path "$workspace/Cargo.toml" --check || return
  done
}

# in_workspace WORKSPACE COMMAND…: a cargo command on what stands beside, without libFuzzer, which
# needs a C++ compiler and is built by scripts/fuzz alone.
in_workspace() {
  local workspace=$1 command=$2
  shift 2
  CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target} cargo "$command" \
    --manifest-path "$workspace/Cargo.toml" --no-default-features --locked "$@"
}

lint_beside() {
  local workspace
  for workspace in "${beside[@]}"; do
    in_workspace "$workspace" clippy --all-targets -- -D warnings || return
  done
}

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
