# Short names for the scripts; nothing clever. `just` alone lists them.

_list:
    @just --list --unsorted

# the quick check, before a commit
check:
    scripts/check

# everything, as continuous integration runs it
test *arguments:
    scripts/test {{arguments}}

# the Log4Shell story, printed and then served
demo *arguments:
    cargo run --release -- demo {{arguments}}

# a command with a throw-away PostgreSQL in WATCHFIRE_TEST_POSTGRES
with-postgres +command:
    scripts/with-postgres {{command}}

# the documentation of the crates
docs:
    cargo doc --workspace --no-deps --open
