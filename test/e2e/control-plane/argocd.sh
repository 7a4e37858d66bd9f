# Sourced by start.sh: Argo CD's repo-server with the sidecar of packaging/argocd beside it,
# application-controller, the controller of ApplicationSets, and the redis between them.
# Repositories are bare ones below the folder of the run, by file://.

redis_libraries=$REM_E2E_CACHE/redis/usr/lib/x86_64-linux-gnu
start redis env LD_LIBRARY_PATH="$redis_libraries" "$REM_E2E_CACHE/redis/usr/bin/redis-server" \
  --bind 127.0.0.1 --port 6379 --save '' --appendonly no --dir "$run"

start_argocd() {
  local home=$run/argocd
  mkdir -p "$home"/{tls,ssh,gpg,conf,plugins,bin,sidecar} && chmod 700 "$home/gpg" && touch "$home/ssh/ssh_known_hosts"
  # The repo-server asks it about each revision, also when it checks no signatures.
  printf '#!/bin/sh\ngit verify-commit "$1" 2>&1 || true\n' > "$home/bin/git-verify-wrapper.sh"
  chmod +x "$home/bin/git-verify-wrapper.sh"
  printf '[safe]\n\tdirectory = *\n[protocol "file"]\n\tallow = always\n' > "$home/.gitconfig"
  local settings=(HOME="$home" PATH="$home/bin:$PATH" KUBECONFIG="$run/argocd-application-controller.kubeconfig"
    ARGOCD_TLS_DATA_PATH="$home/tls" ARGOCD_SSH_DATA_PATH="$home/ssh" ARGOCD_APP_CONF_PATH="$home/conf"
    ARGOCD_PLUGINSOCKFILEPATH="$home/plugins" ARGOCD_GPG_ENABLED=false ARGOCD_GNUPGHOME="$home/gpg"
    ARGOCD_FAKE_IN_CLUSTER=true ARGOCD_K8S_CLIENT_QPS=100 ARGOCD_K8S_CLIENT_BURST=200)

  # Both ways of docs/argocd.md find the function by its bare name, as in the image.
  ln -s "$PWD/generator/rem-secrets-fn" "$home/bin/rem-secrets-fn"
  cp packaging/argocd/plugin.yaml "$home/sidecar/plugin.yaml"
  if command -v argocd-cmp-server > /dev/null; then
    start argocd-cmp-server env "${settings[@]}" TMPDIR="$home/sidecar" argocd-cmp-server \
      --config-dir-path "$home/sidecar"
  fi
  start argocd-repo-server env "${settings[@]}" ARGOCD_BINARY_NAME=argocd-repo-server argocd \
    --address 127.0.0.1 --port 8183 --metrics-address 127.0.0.1 --metrics-port 8184 --disable-tls \
    --client-ca-path '' --revision-cache-expiration 5s --redis 127.0.0.1:6379
  start argocd-application-controller env "${settings[@]}" ARGOCD_BINARY_NAME=argocd-application-controller argocd \
    --namespace argocd --repo-server 127.0.0.1:8183 --repo-server-plaintext --redis 127.0.0.1:6379 \
    --metrics-port 8182 --app-resync 10 --app-resync-jitter 0
  # What it makes is looked at anew when a test asks for it; a step of a rollout would wait half a minute first.
  if command -v argocd-applicationset-controller > /dev/null; then
    start argocd-applicationset-controller env "${settings[@]}" \
      KUBECONFIG="$run/argocd-applicationset-controller.kubeconfig" argocd-applicationset-controller \
      --namespace argocd --argocd-repo-server 127.0.0.1:8183 --repo-server-plaintext \
      --enable-progressive-syncs --refresh-grace-period-seconds 0 \
      --metrics-addr 127.0.0.1:8185 --probe-addr 127.0.0.1:8186 --webhook-addr 127.0.0.1:8187
  fi
}

wait_for_argocd() {
  ! command -v argocd-cmp-server > /dev/null ||
    ready argocd-cmp-server test -S "$run/argocd/plugins/rem-secrets.sock"
  ready argocd-repo-server curl -fsS http://127.0.0.1:8184/metrics
  ready argocd-application-controller curl -fsS http://127.0.0.1:8182/healthz
  ! command -v argocd-applicationset-controller > /dev/null ||
    ready argocd-applicationset-controller curl -fsS http://127.0.0.1:8185/metrics
}
