#!/usr/bin/env bash
# binaries.sh: prints the folders, joined by colons, that hold the programs of the control plane.
# What REM_E2E_BIN has is taken from there; else each part is built once, from the module under tools/ that
# pins its version, into a folder of the cache whose name changes with anything the build reads.
# With REM_E2E_BUILD=never what is not there is an error.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
programs='argocd cnpg-manager etcd external-secrets kube-apiserver kube-controller-manager'
# Not in every REM_E2E_BIN: then it is built, or what needs it is skipped, and said to be.
extra='argocd-applicationset-controller argocd-cmp-server'
export CGO_ENABLED=0 GOFLAGS='-mod=mod -buildvcs=false' GOTOOLCHAIN=auto GOWORK=off

die() { echo "e2e: $*" >&2; exit 1; }

given() {
  local name folder
  for name in $programs; do
    [ -x "$REM_E2E_BIN/$name" ] || die "REM_E2E_BIN=$REM_E2E_BIN has no program $name"
  done
  for name in $extra; do
    if [ -x "$REM_E2E_BIN/$name" ]; then continue; fi
    if folder=$(part "$name"); then path+=:$folder; else echo "e2e: nothing runs in $name" >&2; fi
  done
  echo "$REM_E2E_BIN$path"
}

version_of() { awk -v module="$1" '{ sub(/^require /, "") } $1 == module { print $2 }' go.mod; }

# compile NAME PACKAGE [LDFLAGS]: into the folder that is being filled.
compile() { go build -trimpath -ldflags "-s -w ${3-}" -o "$new/$1" "$2"; }

build_etcd() { compile etcd go.etcd.io/etcd/server/v3; }

build_kubernetes() {
  local version stamp=k8s.io/component-base/version
  version=$(version_of k8s.io/kubernetes)
  stamp="-X $stamp.gitVersion=$version -X $stamp.gitMajor=1 -X $stamp.gitMinor=$(cut -d. -f2 <<< "$version")"
  compile kube-apiserver k8s.io/kubernetes/cmd/kube-apiserver "$stamp"
  compile kube-controller-manager k8s.io/kubernetes/cmd/kube-controller-manager "$stamp"
}

build_cnpg() {
  local module=github.com/cloudnative-pg/cloudnative-pg
  compile cnpg-manager $module/cmd/manager \
    "-X $module/pkg/versions.buildVersion=$(version_of $module | tr -d v)"
}

build_argocd() {
  local module=github.com/argoproj/argo-cd/v3
  compile argocd . "-X $module/common.version=$(version_of $module | tr -d v)"
}

build_argocd-applicationset-controller() { compile argocd-applicationset-controller .; }
build_argocd-cmp-server() { compile argocd-cmp-server .; }

# Its main package registers every provider, by two files that have to be replaced: in a copy, since
# nothing may change in the module cache.
build_external-secrets() {
  local folder
  go mod download github.com/external-secrets/external-secrets
  folder=$(go list -m -f '{{.Dir}}' github.com/external-secrets/external-secrets)
  cp -r "$folder/." source && chmod -R u+w source
  cp register/provider.go.txt source/pkg/provider/register/register.go
  cp register/generator.go.txt source/pkg/generator/register/register.go
  cd source && compile external-secrets .
}

# part NAME: its folder in the cache, built when it is not there.
part() {
  local key out scratch
  key=$({ cat "$here/binaries.sh"; cd "$here/tools/$1" && find . -type f | LC_ALL=C sort | xargs cat; } |
    sha256sum | cut -c1-12)
  out=$REM_E2E_CACHE/bin/$1-$key
  if [ ! -d "$out" ]; then
    [ "${REM_E2E_BUILD-}" != never ] || die "$1 is not built"
    echo "e2e: building $1; this is done once; all take 8 minutes on two idle cores" >&2
    scratch=$(mktemp -d "$REM_E2E_CACHE/build.XXXXXX")
    new=$scratch/out
    cp -r "$here/tools/$1" "$scratch/module" && mkdir "$new"
    (cd "$scratch/module" && set -e && "build_$1") >&2 || { rm -rf "$scratch"; die "$1 cannot be built"; }
    mkdir -p "$REM_E2E_CACHE/bin" && mv "$new" "$out"
    rm -rf "$scratch"
  fi
  echo "$out"
}

path=
if [ -n "${REM_E2E_BIN-}" ]; then given; exit; fi
command -v go > /dev/null || die 'go is not installed, and REM_E2E_BIN names no folder of built programs'
for name in etcd external-secrets cnpg argocd $extra kubernetes; do
  folder=$(part "$name")
  path+=:$folder
done
echo "${path#:}"
