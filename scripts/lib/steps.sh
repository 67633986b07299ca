# shellcheck shell=bash
# Runs named steps, times them, stops at the first that fails, and says so in a few lines.
# Sourced by scripts/test and scripts/check.

steps_done=()
steps_skipped=()
steps_started=$SECONDS

# step NAME COMMAND…: runs COMMAND; the first failure ends the script with its exit code.
step() {
  local name=$1 began=$SECONDS code=0
  shift
  printf '\n==> %s\n' "$name"
  "$@" || code=$?
  if ((code != 0)); then
    steps_summary
    printf 'FAILED  %s after %ss (exit code %s): the reason stands above\n' \
      "$name" "$((SECONDS - began))" "$code"
    printf '        the command was: %s\n' "$*"
    exit "$code"
  fi
  steps_done+=("$(printf '%5ss  %s' "$((SECONDS - began))" "$name")")
}

# skip NAME REASON: records that a step did not run, to be said again at the end.
skip() {
  printf '\n==> %s: SKIPPED, %s\n' "$1" "$2"
  steps_skipped+=("$1: $2")
}

steps_summary() {
  local line
  printf '\n---- %s\n' "${0##*/}"
  for line in ${steps_done[@]+"${steps_done[@]}"}; do printf 'ok %s\n' "$line"; done
  for line in ${steps_skipped[@]+"${steps_skipped[@]}"}; do printf 'SKIPPED %s\n' "$line"; done
  printf '   %5ss  in all\n' "$((SECONDS - steps_started))"
}
