# Serverless, Measured. `make help` says what can be done here.
# Works with GNU make 3.81 (macOS) and later. Paths are relative: a folder's name may hold a space.

.DEFAULT_GOAL := help
SHELL := /bin/sh
.PHONY: help lab reset test test-quick setup setup-dev build bench soak cloud browser screenshot

# A Python that the learner names must be the one in .venv; otherwise the first that is new enough.
ifneq ($(strip $(PYTHON)),)
CHOSEN := --chosen
else
PYTHON = $(eval PYTHON := $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; \
	do $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null \
	&& echo $$p && break; done),python3))$(PYTHON)
endif
VENV := .venv/bin/python
# To find it is not enough: a version manager's shim may be there and not run, a folder has no code.
SETUP = @test "$$("$(PYTHON)" -c 'print(4)' 2>/dev/null)" = 4 || { \
	test -e "$(PYTHON)" || command -v "$(PYTHON)" >/dev/null 2>&1 && why="'$(PYTHON)' is no Python that runs" \
	|| why="There is no '$(PYTHON)'"; \
	echo "$$why here: install Python 3.11 to 3.14, or name yours: PYTHON=python3.12 make lab" >&2; \
	exit 1; }; "$(PYTHON)" tools/setup_venv.py $(CHOSEN)

help:  ## say what can be done here
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1@\2/p' Makefile | awk -F@ '{printf "%-18s%s\n", $$1, $$2}'
	@echo
	@echo "  PYTHON=python3.12 make lab   choose the Python"
	@echo "  PORT=8899 make lab           choose the port"
	@echo "  BROWSER=none make lab        open no browser"
	@echo "  SHORT=1 make soak            a soak of a few minutes"

setup:
	$(SETUP)

setup-dev:
	$(SETUP) --extra dev

lab: setup  ## start the course in JupyterLab
	@$(VENV) tools/start_lab.py

reset: setup  ## put one lab back as it came: make reset LAB=04-memory-tuning
	@$(VENV) tools/reset_lab.py "$(LAB)"

test: setup-dev  ## run every check: ruff, mypy, the tests
	@$(VENV) tools/check.py

test-quick: setup-dev  ## run the part of the checks that an edit is tried with
	@$(VENV) tools/check.py ruff quick

build: setup-dev  ## build notebooks, labs and solutions from content/
	@$(VENV) -m serverless_course.authoring build

bench: setup-dev  ## measure the embedded cloud on this machine
	@$(VENV) -m bench

soak: setup-dev  ## keep the embedded cloud under load for long
	@$(VENV) tools/check.py soak
	@$(if $(SHORT),,$(VENV) -m bench.soak)

cloud: setup  ## run the embedded cloud in this terminal, for several notebooks
	@$(VENV) -m serverless_course.localcloud

browser: setup-dev  ## run the browser tests (they need Chromium)
	@$(VENV) tools/check.py browser

screenshot: setup-dev  ## take the README's picture of lab 04 again (needs Chromium)
	@$(VENV) -m tests_browser.screenshot solutions/04-memory-tuning/lab.ipynb docs/images/lab-04.png --run \
		--cell cheapest-sweep --size 1400x1000
