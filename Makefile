# Verbs only: each calls the command line, pytest, molecule or a linter.
OS ?= debian
GPU ?= 0
TARGET ?= local
ROLE ?=
IMAGE ?=
ARGS ?=
# an image by its own name, or the one of an OS for machines with or without a GPU
WHICH = $(if $(IMAGE),$(IMAGE),--os $(OS) --gpu $(GPU))
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup image nightly plan check test test-all lint golden bench requirements clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

setup: ## what burnish needs: packages (sudo once), .venv, a Docker daemon
	@scripts/setup

image: setup ## build, prove, boot, file: OS=debian|debian-13|ubuntu|... GPU=0|1, or IMAGE=...; TARGET=local
	@burnish build $(WHICH) --target $(TARGET) $(ARGS)

nightly: setup ## every image: lock upgraded, built if something changed, proven, judged, promoted
	@burnish nightly $(ARGS)

plan: setup ## what `make image` would do, and why
	@burnish plan $(WHICH) $(ARGS)

check: setup ## load every definition and lock
	@burnish check

test: setup ## prove the project itself; ROLE=r: only that role, with Molecule; OS=windows: its Windows path
	@python tests/stages.py $(if $(ROLE),role --role $(ROLE) $(if $(IMAGE),--image $(IMAGE)) $(if $(filter windows%,$(OS)),--os windows),test) $(ARGS)

test-all: setup ## everything that `make test` leaves out too
	@python tests/stages.py all $(ARGS)

lint: setup ## ruff, mypy, yamllint, ansible-lint, shellcheck
	@pytest tests/contract/test_lint.py $(ARGS)

golden: setup ## write the golden files anew: read the diff before you commit it
	@BURNISH_GOLDEN=write pytest tests/golden $(ARGS)

bench: setup ## measure every figure of docs/benchmarks.md again (root, an hour, a filed image)
	@PYTHONPATH=tests/given:tests/azure python tests/bench/run.py $(ARGS)

requirements: ## resolve scripts/requirements.txt anew
	@uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header scripts/requirements.in --output-file scripts/requirements.txt $(ARGS)

clean: ## remove what builds left, the store and its images too
	@scripts/clean
