#!/usr/bin/env bash
# start.sh COMMAND...: starts the parts of the control plane, in the namespaces that run.sh made, and
# then runs the command. Everything listens on this network namespace's loopback, the only one it has.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/processes.sh"
export REM_E2E_RUN=$REM_E2E_CACHE/run
run=$REM_E2E_RUN pki=$REM_E2E_RUN/pki logs=$REM_E2E_CACHE/logs
begin=$SECONDS

python3 - << 'PYTHON'
import fcntl, socket, struct
UP, SET_FLAGS = 0x1 | 0x40, 0x8914
fcntl.ioctl(socket.socket(), SET_FLAGS, struct.pack("16sh", b"lo", UP))
PYTHON
mount -t tmpfs -o mode=0700 e2e "$run"
mkdir "$run/tmp"
export TMPDIR=$run/tmp HOME=$run/tmp
# The name under which pods, and the stores of the spec, reach the API server.
echo '127.0.0.1 localhost kubernetes.default kubernetes.default.svc' > "$run/hosts"
mount --bind "$run/hosts" /etc/hosts
rm -f "$logs"/*
"$here/pki.sh"
export NODE_EXTRA_CA_CERTS=$pki/ca.crt

. "$here/kubernetes.sh"
. "$here/operators.sh"
. "$here/argocd.sh"
wait_for_kubernetes
node --import tsx "$here/install.ts"
export KUBECONFIG=$run/admin.kubeconfig
start_controllers
start_operators
start_argocd
start kubelet node --import tsx "$here/kubelet.ts"
wait_for_operators
wait_for_argocd
echo "e2e: the control plane is up after $((SECONDS - begin)) s; its logs are in $logs"
"$@"
