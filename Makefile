# The newcomer's two commands: `make render` and `make test`. Both set up what they need.
.PHONY: render test installed e2e parliament helm build tools bench-peers schemas clean

render: build tools
	generator/rem-secrets expand
	generator/rem-secrets validate
	generator/rem-secrets lint

test: build tools
	npm run check
	npm run test:all
	generator/rem-secrets expand --check
	generator/rem-secrets validate
	generator/rem-secrets lint

# What npm packs and installs, from git too, what a release has, and what CI templates do with it.
installed: build tools
	npx vitest run --config test/installed/vitest.config.ts

# On the real API server, operators and Argo CD: docs/e2e.md.
e2e: build tools
	test/e2e/run.sh

build: dist/.built
tools: .tools/.built

node_modules/.installed: package.json package-lock.json
	npm ci --ignore-scripts
	@touch $@

dist/.built: node_modules/.installed $(shell find generator tools schemas -type f)
	npm run build

.tools/.built: tools/go.mod tools/go.sum $(wildcard tools/*/*.go)
	cd tools && CGO_ENABLED=0 go build -trimpath -buildvcs=false -o ../.tools/ tool
	@touch $@

# Holds what `rem-secrets iam` makes against a linter of IAM policies, and runs what runbooks say of AWS with the
# AWS CLI: the one thing that needs Python.
parliament: build tools .tools/parliament/.built
	npx vitest run --config test/operate/parliament/vitest.config.ts

.tools/parliament/.built: tools/parliament/requirements.txt
	rm -rf .tools/parliament
	python3 -m venv .tools/parliament
	.tools/parliament/bin/pip install --quiet --disable-pip-version-check --no-deps -r $<
	@touch $@

# `--helm`, with the Helm of tools/helm/go.mod. To build it takes two minutes of two processors, ten times what
# all other tools do: it is no part of `make test`.
helm: build tools .tools/helm/helm
	npx vitest run --config test/helm/vitest.config.ts

.tools/helm/helm: tools/helm/go.mod tools/helm/go.sum
	cd tools/helm && go build -trimpath -o ../../.tools/helm/ tool
	@touch $@

# Fetches the modules of tools/schemas/sources.ts through Go, and writes schemas/ and its versions/ anew.
schemas: node_modules/.installed
	npm run schemas

# What `npm run bench` compares with.
bench-peers: build tools .tools/dyff .tools/helm/helm

.tools/dyff: tools/bench/go.mod tools/bench/go.sum
	cd tools/bench && go build -trimpath -o ../../.tools/ tool

clean:
	rm -rf dist .tools node_modules
