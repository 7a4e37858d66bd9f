import { folderOf, type Ran, runMain } from '../machine.ts';

/** A correct shop for tests to leave parts out of: a store, what fetches from it, what reads that. */
export const store: string = `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: vault }
spec: { provider: { fake: { data: [] } } }
`;

export const keys: string = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: web-keys, namespace: shop }
spec:
  refreshInterval: 1h0m0s
  secretStoreRef: { kind: ClusterSecretStore, name: vault }
  target: { name: web-keys }
  data:
    - secretKey: token
      remoteRef: { key: web, property: token }
`;

export const web: string = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  annotations:
    reloader.stakater.com/auto: 'true'
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: example/web:1
          env:
            - name: TOKEN
              valueFrom: { secretKeyRef: { name: web-keys, key: token } }
`;

/** Where `web` names its Secret. */
export const reads = 'web.yaml:18:50';

/** Manifests as one stream. */
export function stream(...manifests: readonly string[]): string {
  return manifests.join('---\n');
}

/** What a run of `lint` found. */
export interface Linted {
  readonly status: number | null;
  readonly found: readonly string[];
  readonly summary: string;
}

/** Lints in a folder with these files, once for programs and once for people. */
export async function lint(
  files: Parameters<typeof folderOf>[0],
  args: readonly string[],
  input?: string,
): Promise<Linted> {
  const folder = folderOf(files);
  const ran = await runMain(folder, ['--format', 'json', 'lint', ...args], input);
  const text = await runMain(folder, ['lint', ...args], input);
  return { status: ran.status, found: foundIn(ran), summary: summaryOf(text) };
}

/** What was found, as `file:line:column rule`, in the order of the report. */
export function foundIn({ stdout, stderr }: Ran): string[] {
  if (stderr !== '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as { findings: Record<string, unknown>[] };
  return findings.map(
    ({ file, line, column, rule }) => `${file}:${line}:${column} ${String(rule)}`,
  );
}

/** The last line of the report for people. */
export const summaryOf = ({ stdout }: Ran): string => stdout.trimEnd().split('\n').at(-1) ?? '';
