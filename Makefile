# For contributors. Users need none of this: scripts/demo and scripts/test stand alone.
.DEFAULT_GOAL := help
.PHONY: help notify-reload servers pythons setup build release test check format demo bench fixtures \
	docs deb rpm wheel roots reproducible \
	kill-matrix chaos stops waiting fuzz leaks agents applications clean

help: ## print these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what the build, the demo and the tests need
	scripts/setup --tests 1.15.1 1.16.2 2.6.1 2.10.0 2.12.0 3.0.0

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

notify-reload: ## try the unit of Type=notify-reload in a booted systemd 257
	scripts/try-notify-reload

servers: ## try rqd with Redis 6.0, 6.2, 7.0, 8.0 and Valkey 8.1
	scripts/try-servers

demo: ## enqueue, run and read back 40 jobs, with a Redis of its own
	scripts/demo

bench: ## measure rqd and rq worker-pool side by side
	scripts/bench

fuzz: ## look for inputs that break a reader, a minute for each of them
	scripts/fuzz --seconds 60

leaks: ## draw the curves of docs/LEAKS.md: 100,000 jobs, 1,000 crashes and reloads
	scripts/leaks

docs: ## make the reference of the Swift library, in .build/docs
	scripts/docs

kill-matrix: ## kill everything at every step, rqd's and rq's; writes docs/KILL-MATRIX.md
	scripts/proof kill_matrix --system rqd --system spawn --system hosted --system rq \
		--page docs/KILL-MATRIX.md

chaos: ## two hosts under SEED's faults; SEED=1 JOBS=20000 MINUTES=10
	scripts/proof chaos --seed $(or $(SEED),1) --jobs $(or $(JOBS),20000) \
		--minutes $(or $(MINUTES),10)

stops: ## a thousand stops at random moments under load; SEED=1 STOPS=1000
	scripts/proof stops --seed $(or $(SEED),1) --stops $(or $(STOPS),1000)

waiting: ## single jobs beside idle workers, whatever dies or hangs; SEED=1 MINUTES=60
	scripts/proof waiting --seed $(or $(SEED),1) --minutes $(or $(MINUTES),60)

agents: ## compare monitoring agents under rq worker and under rqd; RQ=3.0.0
	scripts/agents $(or $(RQ),3.0.0)

applications: ## compare real applications under their own worker command and under rqd
	scripts/applications

pythons: ## run the tests in which Python runs jobs with Python 3.8 to 3.14
	scripts/try-pythons

fixtures: ## record again what each supported rq writes to Redis
	scripts/record-fixtures

deb: ## make the Debian package, in .build/deb
	scripts/setup --packages
	scripts/deb

wheel: ## make the wheel for "pip install", in .build/wheel
	scripts/setup --packages
	scripts/wheel

rpm: ## make the RPM package, in .build/rpm
	scripts/setup --packages
	scripts/rpm

roots: ## install the wheel in fresh roots of Debian 12 and 13, and run a first job there
	scripts/setup --packages
	scripts/wheel
	scripts/try-roots

reproducible: ## build the package twice, in two directories, and compare
	scripts/setup --packages
	scripts/reproducible

clean: ## remove all that was built or installed below this folder
	rm -rf .build .build-* Package.resolved
