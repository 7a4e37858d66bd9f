#!/usr/bin/env bash
# packages.sh: redis from Debian's packages, unpacked and not installed, and moto from PyPI in a
# virtual environment; both into the cache, once for each version.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
debs='redis-server redis-tools libjemalloc2 liblzf1'
log=$REM_E2E_CACHE/packages.log

die() { tail -n 20 "$log" >&2; echo "e2e: $*; the log is $log" >&2; exit 1; }

if [ ! -d "$REM_E2E_CACHE/redis" ]; then
  new=$(mktemp -d "$REM_E2E_CACHE/build.XXXXXX")
  # shellcheck disable=SC2086
  (cd "$new" && { apt-get download $debs || { apt-get update && apt-get download $debs; }; }) > "$log" 2>&1 ||
    die "apt-get cannot download $debs"
  for deb in "$new"/*.deb; do dpkg -x "$deb" "$new"; done
  rm -f "$new"/*.deb
  mv "$new" "$REM_E2E_CACHE/redis"
fi
moto=$REM_E2E_CACHE/moto-$(sha256sum < "$here/tools/moto/requirements.txt" | cut -c1-12)
if [ ! -f "$moto/ready" ]; then
  rm -rf "$moto"
  { python3 -m venv "$moto" && "$moto/bin/pip" install --no-deps -r "$here/tools/moto/requirements.txt"; } > "$log" 2>&1 ||
    die 'pip cannot install moto'
  touch "$moto/ready"
fi
echo "$moto"
