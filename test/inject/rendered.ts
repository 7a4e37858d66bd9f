/** What charts render: workloads of every shape, with variables, files and annotations of their own. */
export const rendered = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web.v1
  namespace: shop
  labels: { app.kubernetes.io/part-of: shop }
  annotations: { secret.reloader.stakater.com/reload: theirs }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      initContainers:
        - { name: first, image: 'a:1' }
        - { name: migrate, image: 'a:1', env: [{ name: DB_URL, value: old }] }
      containers:
        - { name: proxy, image: 'p:1' }
        - name: web
          image: 'a:1'
          env:
            - { name: MODE, value: fast }
            - { name: DB_URL, value: old }
            - { name: DSN, value: 'postgres://$(DB_USER)@db' }
          envFrom: [{ configMapRef: { name: theirs } }]
          volumeMounts: [{ name: tmp, mountPath: /tmp }]
      volumes: [{ name: tmp, emptyDir: {} }]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: queue, labels: { app.kubernetes.io/part-of: shop } }
spec:
  serviceName: queue
  selector: { matchLabels: { app: queue } }
  template:
    metadata: { labels: { app: queue } }
    spec: { containers: [{ name: queue, image: 'q:1' }] }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: report, labels: { app.kubernetes.io/part-of: shop } }
spec:
  schedule: 0 4 * * *
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers: [{ name: report, image: 'r:1', env: [{ name: DB_URL, value: old }] }]
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: checkout, labels: { app.kubernetes.io/part-of: shop } }
spec:
  template:
    metadata: { labels: { app: checkout } }
    spec:
      containers:
        - { name: checkout, image: 'c:1', env: [{ name: MODE, value: fast }], envFrom: [{ secretRef: { name: theirs } }] }
---
apiVersion: opentelemetry.io/v1beta1
kind: OpenTelemetryCollector
metadata: { name: otel, labels: { app.kubernetes.io/part-of: shop } }
spec:
  mode: deployment
  env: [{ name: MODE, value: fast }]
  config: { receivers: { otlp: {} }, exporters: { debug: {} }, service: { pipelines: {} } }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello, labels: { app.kubernetes.io/part-of: shop } }
spec: { template: { spec: { containers: [{ image: 'h:1' }] } } }
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, labels: { app.kubernetes.io/part-of: shop } }
spec:
  replicas: 1
  containers: [{ name: prometheus, env: [{ name: MODE, value: fast }] }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: theirs, labels: { app.kubernetes.io/part-of: shop } }
data: { a: '012', long: '12345678901234567890' }
`;

/** What they are to have. */
export const wanted = `
shapes:
  Prometheus.monitoring.coreos.com:
    containers: [{ path: 'spec.containers[*]' }]
    volumes: spec.volumes
workloads:
  all:
    target: { labels: { app.kubernetes.io/part-of: shop } }
    env:
      API_TOKEN: { secret: api-keys, key: token }
      GREETING: $(API_TOKEN)-text
    envFrom: [api-keys, { secret: defaults, first: true, prefix: D_ }]
    mounts: { /etc/api: { secret: api-tls, keys: { tls.crt: server.crt } } }
    reload: true
  web:
    target: { kind: Deployment, name: 'web*', containers: [web, migrate] }
    env:
      DB_URL: { secret: shop-db-app, key: uri }
      DB_USER: { secret: shop-db-app, key: username }
    replace: true
`;
