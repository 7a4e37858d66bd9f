import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dump, load } from 'js-yaml';
import { HEAP } from '../../generator/shell/tune.ts';
import { compiledEntries } from '../../tools/release/compiled-code.ts';
import { programArchive } from '../../tools/release/program-archive.ts';
import { outputOf, root } from './measure.ts';

/** A manifest of an application of this name. */
export function textOf(file: string, name = ''): string {
  const text = readFileSync(join(root, 'test/bench/app', `${file}.yaml`), 'utf8');
  return text.replaceAll(/\bNAME\b/g, name);
}

const KEYS = ['url', 'username', 'password', 'api-key', 'signing-key'];

/** A spec in which each secret has one key and one workload that reads it. */
export function secretsWithReaders(count: number): string {
  return specText(count, index => ({
    secret: { store: 'vault', keys: { password: `team/app-${index}/password` } },
    workload: {
      image: `registry.example.com/app-${index}:1.0`,
      env: { PASSWORD: { secret: `app-${index}`, key: 'password' } },
    },
  }));
}

/** A spec of applications: a secret of five keys, a Deployment that reads them, a Service. */
export function applications(count: number): string {
  return specText(count, index => ({
    secret: {
      store: 'vault',
      keys: Object.fromEntries(KEYS.map(key => [key, `team/app-${index}/${key}`])),
    },
    workload: {
      image: `registry.example.com/app-${index}:1.0`,
      port: 8080,
      env: Object.fromEntries(KEYS.map(key => [variable(key), { secret: `app-${index}`, key }])),
    },
  }));
}

/** The same applications as data for the reference script. */
export function applicationsJson(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `app-${index}`);
  const apps = names.map(name => ({
    name,
    image: `registry.example.com/${name}:1.0`,
    port: 8080,
    keys: KEYS.map(key => ({ key, from: `team/${name}/${key}`, variable: variable(key) })),
  }));
  return JSON.stringify({ namespace: 'bench', store: 'vault', apps });
}

/** Files of a spec with so many environments in so many clusters, each in a file, that Argo CD applies. */
export function tenants(
  folder: string,
  count: number,
  clusters = 1,
): Readonly<Record<string, string>> {
  const clusterOf = (index: number): string => `cluster-${index % clusters}`;
  const names = Array.from({ length: count }, (_, index) => `tenant-${index}`);
  const targets = names
    .slice(0, clusters)
    .map((_, index) => `${clusterOf(index)}: ${clusterOf(index)}`);
  const change = (index: number): object => ({ api: { replicas: 1 + (index % 5) } });
  return {
    [`${folder}/rem-secrets.yaml`]: textOf('tenants').replace('CLUSTERS', targets.join(', ')),
    ...Object.fromEntries(
      names.map((name, index) => [
        `${folder}/tenants/${name}.yaml`,
        dump(
          { namespace: name, cluster: clusterOf(index), workloads: change(index) },
          { flowLevel: 2 },
        ),
      ]),
    ),
  };
}

/** Calls `use` with a new temporary folder that holds these files; removes it afterwards. */
export function withFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => T,
): T {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-bench-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text, { mode: 0o755 });
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Packs the package and installs it, as a user does; hands on the folder of its programs. */
export function withInstalled<T>(use: (bin: string) => T): T {
  return withFolder({ 'package.json': '{}' }, folder => {
    const pack = ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const file = outputOf({ argv: pack, cwd: root }).trim();
    outputOf({ argv: ['npm', 'install', '--offline', `./${file}`], cwd: folder });
    return use(join(folder, 'node_modules/.bin'));
  });
}

/** Unpacks the archive of a release, whose Node is a link to this one; hands on its folder. */
export function withArchive<T>(use: (home: string) => T): T {
  return withFolder({}, folder => {
    const programs = [
      ...compiledEntries(root, 'archive', [HEAP]),
      { path: 'archive/bin/node', link: process.execPath },
    ];
    writeFileSync(join(folder, 'tar'), programArchive(root, 'archive', programs));
    outputOf({ argv: ['tar', '-xf', 'tar'], cwd: folder });
    return use(join(folder, 'archive'));
  });
}

/** What kustomize hands to the function that has this spec. */
export function functionInput(spec: string): string {
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [] };
  return JSON.stringify({ ...list, functionConfig: load(spec) });
}

/** Written as a person does: maps over lines, the innermost on one line. */
function specText(
  count: number,
  entry: (index: number) => { readonly secret: object; readonly workload: object },
): string {
  const entries = Array.from(
    { length: count },
    (_, index) => [`app-${index}`, entry(index)] as const,
  );
  const spec = {
    namespace: 'bench',
    stores: { vault: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } },
    secrets: Object.fromEntries(entries.map(([name, { secret }]) => [name, secret])),
    workloads: Object.fromEntries(entries.map(([name, { workload }]) => [name, workload])),
  };
  const header = { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecrets' };
  return dump({ ...header, metadata: { name: 'bench' }, spec }, { flowLevel: 5 });
}

function variable(key: string): string {
  return key.replaceAll('-', '_').toUpperCase();
}
