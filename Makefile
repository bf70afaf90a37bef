# What can be done with the source. `make help` lists it.
SHELL       := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:

GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X main.version=$(VERSION)
# -trimpath and no build stamp: the same source and version give the same bytes.
BUILD   := $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'
CACHE   := .cache
RACE    := ./store/... ./api/... ./sync/... ./terminology/... ./internal/jobs/... ./internal/auth/... ./internal/app/...
FUZZTIME ?= 60s

export MASJALA_REFERENCE ?= $(abspath ../shared)

.PHONY: help build test check acceptance compare-sheets bench bench-directory bench-terminology bench-import soak fuzz demo pictures cross conformance notices reproducible clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/masjala
	@$(BUILD) -o bin/masjala ./cmd/masjala

test: ## run the whole test suite
	@mkdir -p $(CACHE)
	$(GO) build -o $(CACHE)/testreport ./internal/testreport
	$(GO) test -json -timeout 10m ./... 2>&1 | tee $(CACHE)/test.json | $(CACHE)/testreport

# govulncheck is not part of it: it needs its database from the network (go tool govulncheck ./...).
check: ## vet, staticcheck, races, import rules, licences
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); if [ -n "$$unformatted" ]; then echo "not formatted: $$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) test -count=1 ./internal/archtest/...
	$(GO) run ./internal/notices -check
	$(GO) test -race -timeout 15m $(RACE)

acceptance: build ## run the suites of the reference folder against the real program
	@.ci/acceptance

compare-sheets: ## compare how workbooks are read with LibreOffice (package libreoffice-calc-nogui), cell by cell
	@command -v soffice >/dev/null || { echo "there is no soffice: apt-get install --no-install-recommends libreoffice-calc-nogui" >&2; exit 1; }
	MASJALA_COMPARE=1 $(GO) test -count=1 -v -run 'EqualToLibreOffice' ./importers/sheet

bench: ## measure, and compare with a bare baseline in the same run
	@$(GO) run ./internal/bench

SCALE ?= 1
RUNS  ?= 5
DATA  ?= $(CACHE)/directory
bench-directory: build ## measure a directory of national size (SCALE, RUNS, DATA); 3.5 million resources take about 25 minutes
	@$(GO) run ./internal/bench directory -program bin/masjala -scale $(SCALE) -runs $(RUNS) -data $(DATA) $(BENCHFLAGS)

bench-terminology: build ## measure code systems of 350,000 and 100,000 concepts, made by the reference folder (RUNS, BENCHFLAGS)
	@$(GO) run ./internal/bench terminology -program bin/masjala -runs $(RUNS) -data $(CACHE)/terminology -reference $(MASJALA_REFERENCE) $(BENCHFLAGS)

bench-import: ## measure a workbook of 100,000 rows and 30 columns: planned, and given back marked
	@MASJALA_BENCH_IMPORT=1 $(GO) test -count=1 -v -run TestWideWorkbook ./importers/facilities

soak: ## crash, seed and random tests at full count
	@MASJALA_SOAK=1 $(GO) test -count=1 -timeout 60m ./store/... ./sync/... ./terminology/... ./internal/e2e/...

fuzz: ## run every fuzz target for FUZZTIME (default 60s)
	@for pkg in $$($(GO) list ./...); do
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do
	    echo "== $$pkg $$target"
	    $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg
	  done
	done

demo: build ## the main job on an example country, in a scratch folder
	@bin/masjala demo

pictures: build ## draw the pictures of docs/importing.md (needs libreoffice-calc-nogui and poppler-utils)
	@for need in soffice pdftoppm; do command -v $$need >/dev/null || { echo "there is no $$need: apt-get install --no-install-recommends libreoffice-calc-nogui poppler-utils" >&2; exit 1; }; done
	$(GO) run ./internal/demo/pictures bin/masjala docs/pictures

cross: ## build for other systems (needs the Debian cross compilers, see CONTRIBUTING)
	@for cc in aarch64-linux-gnu-gcc x86_64-w64-mingw32-gcc; do
	  command -v $$cc >/dev/null || { echo "there is no $$cc: apt-get install gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-mingw-w64-x86-64" >&2; exit 1; }
	done
	mkdir -p dist
	CGO_ENABLED=1 GOOS=linux GOARCH=arm64 CC=aarch64-linux-gnu-gcc $(BUILD) -o dist/masjala-linux-arm64 ./cmd/masjala
	CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc $(BUILD) -o dist/masjala-windows-amd64.exe ./cmd/masjala
	ls -l dist
	if command -v qemu-aarch64 >/dev/null; then qemu-aarch64 -L /usr/aarch64-linux-gnu dist/masjala-linux-arm64 version; fi

conformance: ## write docs/conformance.md from the last test and acceptance runs
	@$(GO) run ./internal/conformance $(if $(wildcard $(CACHE)/cases.json),-cases $(CACHE)/cases.json)

notices: ## write THIRD_PARTY_NOTICES from the modules that are linked in
	@$(GO) run ./internal/notices

reproducible: ## build twice, apart, and compare the bytes
	@one=$$(mktemp -d); two=$$(mktemp -d); trap 'rm -rf "$$one" "$$two"' EXIT
	$(BUILD) -o "$$one/masjala" ./cmd/masjala
	mkdir -p "$$two/elsewhere"; git ls-files -z | xargs -0 cp --parents -t "$$two/elsewhere"
	(cd "$$two/elsewhere" && $(BUILD) -o "$$two/masjala" ./cmd/masjala)
	sha256sum "$$one/masjala" "$$two/masjala" | sed "s|$$one|first|; s|$$two|second|"
	cmp "$$one/masjala" "$$two/masjala"

clean: ## remove what was built
	@rm -rf bin dist $(CACHE)
