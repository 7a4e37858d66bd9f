# The KRM function as a container: make build && docker build -t rem-secrets-fn .
#   config.kubernetes.io/function: 'container: { image: rem-secrets-fn }'
# kustomize runs it with --enable-alpha-plugins, as nobody and without a network.
FROM node:20-slim
WORKDIR /rem-secrets
COPY dist/rem-secrets-fn.cjs dist/
COPY dist/bundle/rem-secrets-fn.cjs dist/bundle/rem-secrets-fn.cjs.LEGAL.txt dist/bundle/
# A RemSecretsLint runs the rules.
COPY dist/bundle/linter.cjs dist/bundle/linter.cjs.LEGAL.txt dist/bundle/
COPY dist/kinds/ dist/kinds/
COPY dist/validators/rem-secrets.cjs dist/validators/rem-secrets-lint.cjs dist/validators/
USER nobody
ENTRYPOINT ["node", "/rem-secrets/dist/rem-secrets-fn.cjs"]
