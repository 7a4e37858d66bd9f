module rem-secrets.io/e2e/cnpg

go 1.26.4

toolchain go1.26.8

require github.com/cloudnative-pg/cloudnative-pg v1.30.0
