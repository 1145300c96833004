# Two commands do all the set-up: `make run` and `make test`.
.PHONY: run test demo deny bench lint doc unit install uninstall

SHELL := bash
CARGO ?= cargo
RELEASE := target/release/kunji

# Opens Kunji; without a display, shows it on one of its own.
run:
	@if [ "$$(uname -s)" = Linux ] && [ -z "$${DISPLAY:-}$${WAYLAND_DISPLAY:-}" ]; then \
		echo "There is no display here: running \`make demo\` instead, on a display of its own."; \
		exec $(MAKE) --no-print-directory demo; \
	fi; \
	scripts/setup run && $(CARGO) build --release --locked && exec $(RELEASE)

# The main job on a private display, against the paper broker; prints its pictures.
demo:
	@scripts/setup test
	@$(CARGO) build --release --locked --bin kunji --example demo
	@target/release/examples/demo

# Everything: formatting, lints, documentation, unit, integration and end-to-end tests.
test:
	@scripts/setup test
	@$(MAKE) --no-print-directory lint doc unit

lint:
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) clippy --locked --no-default-features --lib --bins -- -D warnings

doc:
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps --document-private-items

# No desktop of the person's own is reachable: each test that needs one starts its own.
unit:
	@unset DISPLAY WAYLAND_DISPLAY WAYLAND_SOCKET DBUS_SESSION_BUS_ADDRESS; \
	if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --locked --no-fail-fast; \
	else \
		$(CARGO) test --locked --no-fail-fast -- --test-threads=2; \
	fi

# Licences, sources and duplicate crates; advisories where their database can be had.
deny:
	@command -v cargo-deny >/dev/null || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check licenses bans sources
	@$(CARGO) deny fetch db >/dev/null 2>&1 \
		&& $(CARGO) deny check advisories \
		|| echo "The advisory database cannot be reached from here: advisories were not checked."

# Speed and memory, printed and not judged.
bench:
	@scripts/setup test
	@scripts/measure

# Into the applications menu, and for otpauth links; below ~/.local unless PREFIX says otherwise.
install uninstall: export PREFIX := $(PREFIX)
install uninstall: export DESTDIR := $(DESTDIR)
install uninstall: export CARGO := $(CARGO)
install uninstall:
	@scripts/install $@
