#!/usr/bin/env bash
# pki.sh: into REM_E2E_RUN/pki a CA, one serving certificate for all, the key that signs
# ServiceAccounts' tokens, and the tokens of the administrator and of the controllers.
set -euo pipefail
mkdir -p "$REM_E2E_RUN/pki" && cd "$REM_E2E_RUN/pki"
# External Secrets' webhook stops when its certificate ends within 90 days.
names=DNS:localhost,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1
{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 365 -subj /CN=e2e \
    -keyout ca.key -out ca.crt
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=e2e -keyout tls.key -out tls.csr
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -out tls.crt \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names")
  openssl genrsa -out accounts.key 2048
  openssl rsa -in accounts.key -pubout -out accounts.pub
} 2> log || { cat log >&2; exit 1; }
cp tls.crt apiserver.crt && cp tls.key apiserver.key # what CNPG calls the certificate of its webhook
openssl rand -hex 16 > admin.token
openssl rand -hex 16 > controllers.token
printf '%s,admin,admin,"system:masters"\n%s,system:kube-controller-manager,controllers\n' \
  "$(cat admin.token)" "$(cat controllers.token)" > tokens.csv
