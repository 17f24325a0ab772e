# Everything a person or the CI does with this repository. `make help` lists it.
SHELL := /bin/bash
CONFIGURATION ?= debug
SOURCES := Package.swift Sources Tests Examples Benchmarks

.PHONY: help setup build release demo test test-swift test-example test-tensorboard test-interop \
	test-page test-api torture golden bench figures lint format docs ci clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 20

setup: ## fetch libtorch and the page's script, build the backend (a no-op when done)
	@scripts/bootstrap

build: setup ## build everything for debugging; a warning of ours is an error
	@scripts/build-without-warnings

release: setup ## build the command `lasagne` for use
	swift build -c release --product lasagne

demo: release ## train on 70,000 real images and watch it in the browser (DEMO_EXIT=1: end by itself)
	@scripts/demo

test: build test-swift test-example test-tensorboard test-interop test-api test-page ## set up and run all tests
	@scripts/summarize-tests

test-swift: ## the Swift suites
	@scripts/run-part swift scripts/test-swift

torture: build ## kill workers and engines a thousand times each (TORTURE=100: fewer), every power failure
	LASAGNE_TORTURE=$${TORTURE:-1000} swift test --skip-build --filter 'KillTests|PowerFailureTests'

test-example: ## build and run the package in Examples/ that depends on this one
	@scripts/run-part example Examples/SquashLab/check

test-tensorboard: ## read our event files with TensorBoard's own reader
	@scripts/run-part tensorboard Tests/TensorBoard/run

test-interop: ## exchange networks and weights with onnxruntime, PyTorch, safetensors and NumPy
	@scripts/run-part interop Tests/Interop/run

test-api: ## hold the server to its OpenAPI document with schemathesis
	@scripts/run-part api Tests/OpenAPI/run

test-page: ## drive the page in headless Chromium
	@scripts/run-part page Tests/Browser/run

golden: setup ## compare with the numbers of the real Lasagne (folder: LASAGNE_GOLDEN)
	@scripts/golden

bench: release ## time training steps and logging against other libraries, then measure the figures
	@Benchmarks/run peers
	@Benchmarks/run loggers
	@Benchmarks/run figures

figures: release ## measure what is promised of sessions: throughput, observation, index, latency
	@Benchmarks/run figures

lint: ## check the format of the sources and that no script is broken
	swift format lint --strict --recursive $(wildcard $(SOURCES))
	@scripts/lint-scripts

format: ## format the sources
	swift format --in-place --recursive $(wildcard $(SOURCES))

docs: ## write the reference of the libraries as web pages to .build/docs
	@scripts/docs

ci: lint test ## what the CI runs

clean: ## remove what was built here (the cache outside the clone stays)
	rm -rf .build .build-* Examples/*/.build Benchmarks/.build
