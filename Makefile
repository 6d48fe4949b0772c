# `make help` lists what there is. A fresh clone needs Go and Node, nothing else.
.DEFAULT_GOAL := help
.PHONY: help run test device bench soak fuzz lint gen ui build fmt picture gen-check go-test ui-test

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)
GOBUILD  = go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
LINTER   = github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

# Made by `make gen`, kept in git.
GENERATED = ui/src/shared/wire/schema.json ui/src/shared/wire/api.gen.ts deploy/nats/farbench.conf
UI_SOURCES = $(shell find ui/src ui/public -type f 2>/dev/null) ui/index.html ui/vite.config.ts ui/tsconfig.json ui/package-lock.json
UI_TOOLS = ui/node_modules/.package-lock.json
DASHBOARD = relay/web/dist/index.html

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(DASHBOARD) ## start everything on this PC and print the link that opens it (ARGS="--adb sim …")
	@mkdir -p bin && cd relay && go build -o ../bin/farbench ./cmd/farbench && go build -o ../bin/farbench-local ./cmd/farbench-local
	@exec bin/farbench-local $(ARGS)

test: gen-check go-test ui-test ## every check and test, the race detector on, a real browser and the real adb where they are

device: ## the suite of the adb layer on the device that ANDROID_SERIAL names; says what it did not ask of it
	@[ -n "$$ANDROID_SERIAL" ] || { echo "name the device: ANDROID_SERIAL=… make device (adb devices lists them)"; exit 1; }
	cd agent && go test -count=1 -v -run '^TestBench_/^device$$' ./adb

bench: $(DASHBOARD) ## measure speed against direct adb, and the log in a browser; print the table (ARGS="-only viewer -rounds 1")
	cd relay && go run ./e2e/bench $(ARGS)

soak: ## fifty simulated devices, mixed work and faults for two minutes under the race detector (FOR=10m)
	cd agent && FARBENCH_SOAK=$(or $(FOR),2m) go test -race -count=1 -v -timeout 60m -run '^TestSoak$$' ./inventory

fuzz: ## every fuzz target of both modules, one after another, a minute each (FOR=10m)
	@set -e; for module in agent relay; do cd $$module; for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target$$" -fuzztime $(or $(FOR),1m) $$package; \
	  done; done; cd ..; done

lint: $(UI_TOOLS) ## static analysis and the import rules
	cd agent && go run $(LINTER) run ./...
	cd relay && go run $(LINTER) run ./...
	npm --prefix ui run --silent lint

gen: $(UI_TOOLS) ## renew what is made from the Go types: TypeScript, the broker's configuration
	cd relay && go run ./api/gen -out ../ui/src/shared/wire && go generate ./broker
	npm --prefix ui run --silent gen

ui: $(DASHBOARD) ## build the dashboard into the relay

build: $(DASHBOARD) ## build the programs into bin/
	mkdir -p bin
	cd agent && $(GOBUILD) -o ../bin/ ./cmd/farbench-agent
	cd relay && $(GOBUILD) -o ../bin/ ./cmd/farbench ./cmd/farbench-relay ./cmd/farbench-local

picture: $(DASHBOARD) ## renew the README's picture: a true screenshot, light and dark
	mkdir -p bin && cd relay && go build -o ../bin/farbench-local ./cmd/farbench-local
	node ui/scripts/picture.mjs

fmt: $(UI_TOOLS) ## format everything
	cd agent && go run $(LINTER) fmt ./...
	cd relay && go run $(LINTER) fmt ./...
	npm --prefix ui run --silent format

$(UI_TOOLS): ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund
	@touch $@

$(DASHBOARD): $(UI_TOOLS) $(UI_SOURCES)
	npm --prefix ui run --silent build
	@touch $@

gen-check:
	@before=$$(cat $(GENERATED) | cksum); $(MAKE) --no-print-directory gen >/dev/null; \
	[ "$$before" = "$$(cat $(GENERATED) | cksum)" ] || { echo "generated files were stale and are renewed now: commit them"; exit 1; }

# The modules are built apart as well, as those who import them do. Nothing is
# taken from the cache: tests of the programs do not know when these changed.
go-test: $(DASHBOARD)
	cd agent && GOWORK=off go build ./... && GOWORK=off go mod tidy -diff
	cd relay && GOWORK=off go build ./... && GOWORK=off go mod tidy -diff
	go vet work
	GOOS=windows go vet github.com/farbench/farbench/agent/cmd/... github.com/farbench/farbench/relay/cmd/...
	go test -race -count=1 -timeout 40m work

ui-test: $(DASHBOARD)
	npm --prefix ui run --silent lint
	npm --prefix ui run --silent typecheck
	npm --prefix ui run --silent test
	npm --prefix ui run --silent size
