# Two commands do all the set-up on a fresh Debian machine that has Rust and a C compiler.
#   make demo             two bots, a Telegram sandbox and a provider on this machine
#   make demo ARGS=--once the same, ending after the scripted visits
#   make test             format check, clippy with warnings denied, all tests
ARGS ?=
VENV := target/telethon

.PHONY: demo test fmt clippy postgres telethon bench schema

demo: postgres
	cargo run -- demo $(ARGS)

test: postgres telethon fmt clippy
	TELETHON_PYTHON=$(CURDIR)/$(VENV)/bin/python cargo test --workspace --all-targets

fmt:
	cargo fmt --all --check

clippy:
	cargo clippy --workspace --all-targets --quiet -- -D warnings

# The system's PostgreSQL server, when no server programs are found anywhere.
postgres:
	@sh .ci/postgres

# Another client library than ours, to check the sandbox's protocol with.
telethon: $(VENV)/ready

$(VENV)/ready:
	@sh .ci/telethon $(VENV)

bench: postgres
	cargo bench --bench farm -- $(ARGS)

# src/db/schema.rs from the bot's migrations; needs the `diesel` program and a scratch database.
schema:
	@test -n "$(DATABASE_URL)" || { echo "set DATABASE_URL to an empty scratch database"; exit 1; }
	cat migrations/farm/*/up.sql | sed '1i CREATE SCHEMA farm; SET search_path TO farm;' | psql -q -v ON_ERROR_STOP=1 "$(DATABASE_URL)"
	cat migrations/bot/*/up.sql | psql -q -v ON_ERROR_STOP=1 "$(DATABASE_URL)"
	diesel print-schema --database-url "$(DATABASE_URL)" > src/db/schema.rs
