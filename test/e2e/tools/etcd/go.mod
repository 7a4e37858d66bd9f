module rem-secrets.io/e2e/etcd

go 1.26.0

toolchain go1.26.8

require go.etcd.io/etcd/server/v3 v3.6.16
