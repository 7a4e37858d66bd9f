# The newcomer's two commands: `make render` and `make test`. Both set up what they need.
.PHONY: render test build tools clean

render: build tools
	generator/rem-secrets expand
	generator/rem-secrets validate
	generator/rem-secrets lint

test: build tools
	npm run check
	npm test
	generator/rem-secrets expand --check
	generator/rem-secrets validate
	generator/rem-secrets lint

build: dist/.built
tools: .tools/.built

node_modules/.installed: package.json package-lock.json
	npm ci
	@touch $@

dist/.built: node_modules/.installed $(shell find generator tools schemas -type f)
	npm run build
	@touch $@

.tools/.built: tools/go.mod tools/go.sum
	cd tools && go build -trimpath -o ../.tools/ tool
	@touch $@

clean:
	rm -rf dist .tools node_modules
