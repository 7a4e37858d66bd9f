import type { Command, Row } from './measure.ts';
import { commitAll, compareCpu, cpuOf, launcher, outputOf } from './measure.ts';
import { withFolder } from './specs.ts';

const APPS = 120;

/** A repository of Flux with many applications, of which one changes: what is kept, and what is not. */
export function world(): Row[] {
  const files = Array.from({ length: APPS }, (_, index) => filesOf(`app-${index}`)).flat();
  return withFolder({ 'store.yaml': STORE, ...Object.fromEntries(files) }, folder => {
    commitAll(folder);
    outputOf({ argv: ['sed', '-i', 's/:1\\.0/:1.1/', 'apps/app-7/web.yaml'], cwd: folder });
    commitAll(folder);
    const cache = `XDG_CACHE_HOME=${folder}/../bench-cache-${process.pid}`;
    const run = (line: string): Command => ({
      argv: ['env', cache, launcher('rem-secrets'), ...line.split(' ')],
      cwd: folder,
    });
    const review = 'diff --base rev:HEAD~1 --head rev:HEAD';
    const cold = run('lint --no-cache .');
    for (const line of ['lint .', review]) cpuOf(run(line));
    const against = (line: string, what: string, target: number): Row => [
      `${APPS} applications of Flux, one changed: ${what} ÷ lint without cache, CPU`,
      compareCpu(run(line), cold, 3).ratio,
      'ratio',
      target,
    ];
    return [
      against(`${review} --no-cache`, 'diff without cache', 1.4),
      against(review, 'diff', 0.7),
      against('lint .', 'lint', 0.75),
    ];
  });
}

const STORE = `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: aws }
spec: { provider: { aws: { service: ParameterStore, region: eu-west-1 } } }
`;

/** An application as its Kustomization applies it. */
function filesOf(name: string): [string, string][] {
  return [
    [
      `flux/${name}.yaml`,
      `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: ${name}, namespace: flux-system }
spec:
  path: ./apps/${name}
  prune: true
  interval: 1h
  targetNamespace: ${name}
  sourceRef: { kind: GitRepository, name: flux-system }
`,
    ],
    [
      `apps/${name}/kustomization.yaml`,
      `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [web.yaml, secret.yaml]
labels: [{ pairs: { app.kubernetes.io/name: ${name} } }]
`,
    ],
    [
      `apps/${name}/web.yaml`,
      `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
      containers:
        - name: web
          image: shop/${name}:1.0
          envFrom: [{ secretRef: { name: ${name} } }]
`,
    ],
    [
      `apps/${name}/secret.yaml`,
      `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name} }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: [{ secretKey: key, remoteRef: { key: /${name} } }]
`,
    ],
  ];
}
