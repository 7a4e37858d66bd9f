import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Command, compare, cpuOf, launcher, type Row } from './measure.ts';
import { withFolder } from './specs.ts';

const APPS = 120;

/** A repository of Flux with many applications, of which one changes: what is kept, and what is not. */
export function world(): Row[] {
  const files = Array.from({ length: APPS }, (_, index) => filesOf(`app-${index}`)).flat();
  return withFolder({ 'store.yaml': STORE, ...Object.fromEntries(files) }, folder => {
    const step = (...args: readonly string[]): void => {
      const git = ['-c', 'user.name=bench', '-c', 'user.email=bench'];
      const { status, stderr } = spawnSync('git', [...git, ...args], { cwd: folder });
      if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    };
    step('init', '-q');
    step('add', '.');
    step('commit', '-qm', 'base');
    spawnSync('sed', ['-i', 's/:1\\.0/:1.1/', join(folder, 'apps/app-7/web.yaml')]);
    step('commit', '-qam', 'head');
    const run = (...args: readonly string[]): Command => ({
      argv: [
        'env',
        `XDG_CACHE_HOME=${folder}/../bench-cache-${process.pid}`,
        launcher('rem-secrets'),
        ...args,
      ],
      cwd: folder,
    });
    const review = ['diff', '--base', 'rev:HEAD~1', '--head', 'rev:HEAD'];
    const [cold, warm] = [run('lint', '--no-cache', '.'), run('lint', '.')];
    for (const command of [warm, run(...review)]) cpuOf(command);
    const against = (command: Command, what: string, target: number): Row => ({
      id: 'i',
      what: `${APPS} applications of Flux, one changed: ${what} ÷ lint without cache, CPU`,
      value: compare(
        () => cpuOf(command),
        () => cpuOf(cold),
        3,
      ).ratio,
      unit: 'ratio',
      target,
    });
    return [
      against(run(...review, '--no-cache'), 'diff without cache', 1.4),
      against(run(...review), 'diff', 0.7),
      against(warm, 'lint', 0.75),
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
