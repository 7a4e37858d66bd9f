#!/usr/bin/env bash
# run.sh [COMMAND...]: a whole control plane, for as long as the command runs: by default the tests.
# It lives in namespaces of its own. No port of the host is used and nothing is reached from outside;
# its files are in memory; and when the first process there ends, the kernel ends all others.
# What is kept is the cache, REM_E2E_CACHE, with the logs of the last run in it.
set -euo pipefail
cd "$(dirname "$0")/../.."
REM_E2E_CACHE=$(realpath -m "${REM_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rem-secrets-e2e}")
export REM_E2E_CACHE GOTOOLCHAIN=auto
for tool in curl git go node openssl python3 unshare; do
  command -v "$tool" > /dev/null || { echo "e2e: $tool is not installed" >&2; exit 1; }
done
mkdir -p "$REM_E2E_CACHE/run" "$REM_E2E_CACHE/logs"
exec 9> "$REM_E2E_CACHE/lock"
flock --nonblock 9 || { echo "e2e: another run uses $REM_E2E_CACHE; waiting" >&2; flock 9; }
rm -rf "$REM_E2E_CACHE"/build.* # of a run that was killed

start=$SECONDS
binaries=$(test/e2e/binaries.sh)
REM_E2E_MOTO=$(test/e2e/packages.sh)
# Argo CD's module asks for a newer Go than the others, and go for a version to fetch.
REM_E2E_MANIFESTS=$(GOTOOLCHAIN=go1.27.3 npx tsx test/e2e/control-plane/manifests.ts)
export REM_E2E_MOTO REM_E2E_MANIFESTS PATH="$binaries:$PWD/.tools:$PATH"
echo "e2e: all programs are there after $((SECONDS - start)) s"

[ $# -gt 0 ] || set -- npx vitest run --config test/e2e/vitest.config.ts
[ "$(id -u)" = 0 ] || user='--user --map-root-user'
# unshare itself waits and heeds no signal but this one, after which the kernel ends what is inside.
trap 'kill -KILL "$inside" 2> /dev/null; exit 130' HUP INT TERM
# shellcheck disable=SC2086
unshare ${user-} --net --mount --pid --fork --kill-child --mount-proc test/e2e/control-plane/start.sh "$@" <&0 &
inside=$!
wait "$inside"
