# `make run` or `make test` on a fresh Debian or Ubuntu with git, python3 and make: whatever else is needed is
# installed first (packaging/linux/set_up.py; it asks for nothing, and says what to do where it may not).

PYTHON ?= python3
SET_UP = $(PYTHON) packaging/linux/set_up.py
BIN = .venv/bin
LOCK = pip compile pyproject.toml --extra build
LOCK_OPTIONS = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate

# byte code makes a start twice as fast; some machines forbid it by this variable
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL = help
.PHONY: help run tour test check bench lock clean

help:
	@echo 'make run     start Ringbridge with a training PBX that rings nobody; no account needed'
	@echo 'make tour    the same on a virtual desktop, driven by a script, with screenshots'
	@echo 'make test    run all tests'
	@echo 'make check   format, lint, types, layers'
	@echo 'make bench   measure what the program costs'
	@echo 'make lock    renew requirements.lock and requirements-dev.lock from pyproject.toml'
	@echo 'make clean   remove .venv and everything else that make made'

run:
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(SET_UP) run && exec $(BIN)/ringbridge --demo; \
	else \
		echo 'There is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set): a script shows Ringbridge on a virtual one.'; \
		$(MAKE) --no-print-directory tour; \
	fi

tour:
	@$(SET_UP) tour
	@$(BIN)/python tests/tour.py

test:
	@$(SET_UP) dev
	@$(BIN)/pytest

check:
	@$(SET_UP) dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright
	@$(BIN)/lint-imports

bench:
	@$(SET_UP) dev
	@$(BIN)/python tests/bench/run.py

# uv resolves for all systems and Python versions at once, which pip can't
lock:
	@$(SET_UP) dev
	@command -v uv >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check uv
	@PATH="$$PATH:$(CURDIR)/$(BIN)" uv $(LOCK) $(LOCK_OPTIONS) -o requirements.lock >/dev/null
	@PATH="$$PATH:$(CURDIR)/$(BIN)" uv $(LOCK) --extra dev $(LOCK_OPTIONS) -c requirements.lock -o requirements-dev.lock >/dev/null

clean:
	rm -rf .venv build dist tour-screenshots .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find app tests packaging -name __pycache__ -type d -prune -exec rm -rf {} +
