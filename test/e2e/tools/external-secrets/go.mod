module rem-secrets.io/e2e/external-secrets

go 1.26.0

toolchain go1.26.8

require github.com/external-secrets/external-secrets v0.16.2
