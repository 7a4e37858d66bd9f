# Sourced by start.sh: the operators of CloudNativePG and External Secrets, and moto in place of AWS.
# Each operator is who it is in a cluster: install.ts has asked for a token of its ServiceAccount.

start moto "$REM_E2E_MOTO/bin/moto_server" -H 127.0.0.1 -p 5000

start_operators() {
  # The operator compares the hash of this file with what its instances report.
  mkdir -p "$run/cnpg/operator"
  ln -s "$(command -v cnpg-manager)" "$run/cnpg/operator/manager_amd64"
  start cnpg env -C "$run/cnpg" KUBECONFIG="$run/cnpg-manager.kubeconfig" OPERATOR_NAMESPACE=cnpg-system \
    WATCH_NAMESPACE= OPERATOR_IMAGE_NAME=ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0 \
    MONITORING_QUERIES_CONFIGMAP=cnpg-default-monitoring WEBHOOK_CERT_DIR="$pki" PLUGIN_SOCKET_DIR="$run/cnpg" \
    cnpg-manager controller --leader-elect=false --max-concurrent-reconciles=4 --webhook-port=9443 \
    --metrics-bind-address=127.0.0.1:8090

  # The default chain of credentials, which a store without `auth` uses, finds these made-up ones.
  local aws=http://127.0.0.1:5000
  start external-secrets env KUBECONFIG="$run/external-secrets.kubeconfig" \
    AWS_ACCESS_KEY_ID=testing AWS_SECRET_ACCESS_KEY=testing \
    AWS_SSM_ENDPOINT=$aws AWS_SECRETSMANAGER_ENDPOINT=$aws AWS_STS_ENDPOINT=$aws \
    external-secrets --metrics-addr=127.0.0.1:8080 --store-requeue-interval=5s --concurrent=4 --loglevel=info
  start external-secrets-webhook env KUBECONFIG="$run/external-secrets.kubeconfig" \
    external-secrets webhook --port=9444 --dns-name=localhost --cert-dir="$pki" \
    --metrics-addr=127.0.0.1:8081 --healthz-addr=127.0.0.1:8082 --check-interval=5m
}

wait_for_operators() {
  ready moto curl -fsS http://127.0.0.1:5000/moto-api/
  ready cnpg curl -fsS --cacert "$pki/ca.crt" https://127.0.0.1:9443/readyz
  ready external-secrets curl -fsS http://127.0.0.1:8080/metrics
  ready external-secrets-webhook curl -fsS http://127.0.0.1:8082/readyz
}
