# The KRM function as a container: make build && docker build -t rem-secrets-fn .
#   config.kubernetes.io/function: 'container: { image: rem-secrets-fn }'
# kustomize runs it with --enable-alpha-plugins, as nobody and without a network.
FROM node:20-slim
WORKDIR /rem-secrets
COPY dist/start/rem-secrets-fn.cjs dist/start/
COPY dist/bundle/rem-secrets-fn.cjs dist/bundle/rem-secrets-fn.cjs.LEGAL.txt dist/bundle/
# A RemSecretsLint runs the rules.
COPY dist/bundle/lint-list.cjs dist/bundle/lint-list.cjs.LEGAL.txt dist/bundle/
COPY dist/kinds/ dist/kinds/
COPY dist/validators/rem-secrets.cjs dist/validators/rem-secrets-lint.cjs dist/validators/
COPY dist/validators/rem-secrets-injection.cjs dist/validators/
# The first runs of all containers, for nobody may keep what V8 compiles: generator/shell/start.ts.
COPY rem-secrets.yaml tools/image/lint.yaml first-runs/
RUN set -e; for run in 1 2 3; do \
      { printf 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:\n'; sed 's/^/  /' first-runs/rem-secrets.yaml; } \
        | node dist/start/rem-secrets-fn.cjs >/dev/null; \
      node dist/start/rem-secrets-fn.cjs <first-runs/lint.yaml >/dev/null; \
    done
USER nobody
ENTRYPOINT ["node", "/rem-secrets/dist/start/rem-secrets-fn.cjs"]
