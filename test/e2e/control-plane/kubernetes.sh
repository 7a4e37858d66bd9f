# Sourced by start.sh: etcd, kube-apiserver, kube-controller-manager.

# What needs neither nodes nor a cloud.
controllers=(namespace garbage-collector serviceaccount serviceaccount-token root-ca-certificate-publisher
  clusterrole-aggregation deployment replicaset statefulset daemonset job cronjob
  endpointslice disruption persistentvolumeclaim-protection)

start etcd etcd --name e2e --data-dir "$run/etcd" --log-level warn --unsafe-no-fsync \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 \
  --initial-cluster e2e=http://127.0.0.1:2380

# Who reads a Secret is written down: a test asks which account it was.
cat > "$run/audit.yaml" << 'YAML'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  verbs: [get]
  resources: [{ group: '', resources: [secrets] }]
- level: None
YAML
start kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=127.0.0.1 \
  --advertise-address=127.0.0.1 --secure-port=443 --endpoint-reconciler-type=none \
  --tls-cert-file="$pki/tls.crt" --tls-private-key-file="$pki/tls.key" \
  --token-auth-file="$pki/tokens.csv" --authorization-mode=RBAC \
  --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/accounts.pub" \
  --service-account-signing-key-file="$pki/accounts.key" --service-cluster-ip-range=10.96.0.0/16 \
  --audit-policy-file="$run/audit.yaml" --audit-log-path="$run/audit.log" --audit-log-mode=batch \
  --audit-log-batch-max-wait=1s --profiling=false

wait_for_kubernetes() {
  ready etcd curl -fsS http://127.0.0.1:2379/health
  ready kube-apiserver curl -fsS --cacert "$pki/ca.crt" https://127.0.0.1/readyz
}

start_controllers() {
  local names
  names=$(printf '%s-controller,' "${controllers[@]}")
  start kube-controller-manager kube-controller-manager --kubeconfig="$run/controllers.kubeconfig" \
    --bind-address=127.0.0.1 --secure-port=10257 --leader-elect=false --controllers="${names%,}" \
    --use-service-account-credentials=true --service-account-private-key-file="$pki/accounts.key" \
    --root-ca-file="$pki/ca.crt"
}
