# For contributors. Users need none of this: scripts/demo and scripts/test stand alone.
.DEFAULT_GOAL := help
.PHONY: help setup build release test check format demo bench fixtures docs deb rpm reproducible clean

help: ## print these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build, the demo and the tests need
	scripts/setup --tests 1.16.2 2.6.1 2.12.0 3.0.0

build: ## build everything for debugging, tests too
	swift build --build-tests

release: ## build rqd as it is shipped, in .build/release
	swift build --configuration release --product rqd

test: ## run every check and test; FILTER=Name runs only tests whose name holds it
	scripts/test $(if $(FILTER),--filter '$(FILTER)')

check: ## run what needs no build: format, length, words, shell
	scripts/check

format: ## lay the Swift sources out as .swift-format says
	swift format --in-place --recursive --parallel Package.swift Sources Tests

demo: ## enqueue, run and read back 40 jobs, with a Redis of its own
	scripts/demo

bench: ## measure rqd and rq worker-pool side by side
	scripts/bench

docs: ## make the reference of the Swift library, in .build/docs
	scripts/docs

fixtures: ## record again what each supported rq writes to Redis
	scripts/record-fixtures

deb: ## make the Debian package, in .build/deb
	scripts/setup --packages
	scripts/deb

rpm: ## make the RPM package, in .build/rpm
	scripts/setup --packages
	scripts/rpm

reproducible: ## build the package twice, in two directories, and compare
	scripts/setup --packages
	scripts/reproducible

clean: ## remove all that was built or installed below this folder
	rm -rf .build .build-* Package.resolved
