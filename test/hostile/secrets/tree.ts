import { specOf } from '../../spec-text.ts';
import { manifests } from './manifests.ts';
import { Planter } from './planted.ts';

/** The files of one side, and what is planted in them. */
export interface Tree {
  readonly files: Readonly<Record<string, string>>;
  readonly planter: Planter;
}

/** A repository with secrets in all that it holds. */
export function treeOf(side: 'base' | 'head'): Tree {
  const p = new Planter(side);
  const files = {
    'plain/all.yaml': manifests(p),
    'overlays/prod/kustomization.yaml': kustomization(p),
    'overlays/prod/extra.yaml': settings(p),
    'rem-secrets.yaml': spec(p),
    'faulty/rem-secrets.yaml': faultySpec(p),
    'faulty/wrong.yaml': wrongFields(p),
    'faulty/broken.yaml': brokenYaml(p),
    'faulty/lint.yaml': faultySettings(p),
    'faulty/review.yaml': faultyReview(p),
    '.rem-secrets-lint.yaml': lintSettings(p),
    '.rem-secrets-review.yaml': reviewSettings(p),
  };
  return { files, planter: p };
}

function kustomization(p: Planter): string {
  return `
resources: [extra.yaml]
secretGenerator:
  - name: generated
    literals: ["password=${p.plant('a literal of secretGenerator')}"]
configMapGenerator:
  - name: settings
    literals:
      - ADMIN_PW=${p.plant('a literal of configMapGenerator')}
      - URL=https://a:${p.plant('a URL in a literal')}@example.com
`;
}

function settings(p: Planter): string {
  return `
apiVersion: example.com/v1
kind: Settings
metadata: { name: settings }
spec: { smtp: { pass: ${p.plant('an object of an overlay')} } }
`;
}

function spec(p: Planter): string {
  return specOf(`
namespace: shop
stores: { vault: { external: true } }
secrets: { login: { store: vault, keys: { password: shop/password } } }
workloads:
  web:
    image: example.com/web:1
    env:
      AUTH: ${p.plant('env of a spec')}
      SALT: ${p.plant('a name that only diff hides')}
      PASSWORD: { secret: login, key: password }
environments: { prod: {} }
`);
}

/** What the spec's own check tells of. */
function faultySpec(p: Planter): string {
  return specOf(`
namespace: shop
colour: { token: ${p.plant('an unknown field of a spec')} }
workloads:
  web:
    image: example.com/web:1
    port: ${p.plant('the wrong type in a spec')}
    env: { DB_PASSWORD: ${p.plant('a password in a spec')} }
    args: ["--password=${p.plant('an argument of a spec')}"]
environments: { prod: {} }
`);
}

/** What the schemas of the kinds tell of. */
function wrongFields(p: Planter): string {
  return `
apiVersion: v1
kind: ConfigMap
metadata: { name: wrong }
data: { password: { a: ${p.plant('the wrong type in a ConfigMap')} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: wrong }
spec:
  replicas: "password=${p.plant('the wrong type in a Deployment')}"
  selector: { matchLabels: { app: wrong } }
  template:
    metadata: { labels: { app: wrong } }
    spec:
      containers:
        - name: a
          image: a
          imagePullPolicy: "token=${p.plant('what is not in an enum')}"
          env: [{ name: PASSWORD, value: ${p.plantNumber('a number in env')} }]
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: wrong }
spec:
  refreshInterval: "pass=${p.plant('no duration')}"
  secretStoreRef: { name: none }
  target: { template: { data: { a: "${p.plant('beside a fault in a template')} {{ .none }} {{ end }}" } } }
  data: [{ secretKey: a, remoteRef: { key: "https://a:${p.plant('a login in a key')}@db" } }]
`;
}

function brokenYaml(p: Planter): string {
  return `
apiVersion: v1
kind: Secret
metadata: { name: broken }
stringData:
  password: ${p.plant('beside a syntax error')}
   token: "${p.plant('in a line that is broken')}
  other: [
`;
}

function lintSettings(p: Planter): string {
  return `
accept:
  - rule: plaintext-secret
    object: '*'
    reason: known, password=${p.plant('a reason')}
`;
}

function reviewSettings(p: Planter): string {
  return `
acknowledge:
  - rule: pods-restarted
    object: Deployment/shop/web
    reason: wanted, password=${p.plant('a reason of a review')}
`;
}

function faultySettings(p: Planter): string {
  return `
failOn: "password=${p.plant('a setting that is none')}"
token: ${p.plant('an unknown setting')}
accept: [{ rule: none, object: '*', reason: "pw=${p.plant('the reason of a faulty entry')}" }]
`;
}

function faultyReview(p: Planter): string {
  return `
acknowledge:
  - rule: "token=${p.plant('a rule that is none')}"
    object: '*'
    reason: x
`;
}
