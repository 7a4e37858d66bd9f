import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import type { KubeObject } from '../../../generator/core/kube-object.ts';
import { fetchModule, type GoModule } from '../../../tools/schemas/go-module.ts';
import { customSources } from '../../../tools/schemas/sources.ts';

/** What is installed into the empty cluster, as its projects publish it. */
export interface Manifests {
  readonly definitions: readonly KubeObject[];
  readonly cnpg: readonly KubeObject[];
  readonly argocd: readonly KubeObject[];
}

/** Argo CD's own manifests go with the program that runs; its schemas may be of another version. */
const argocd: GoModule = {
  path: 'github.com/argoproj/argo-cd/v3',
  version: 'v3.6.1',
  sum: 'h1:OmhqeKiR3C//awbFrhQqFdtRI+Qiv17j8vqm3UkMj/g=',
  licence: 'Apache-2.0',
};

const custom = customSources.filter(({ module }) => module.path !== argocd.path);
const [cnpg] = custom.filter(({ module }) => module.path.endsWith('/cloudnative-pg'));

function objectsIn(folder: string, files: readonly string[]): KubeObject[] {
  return files.flatMap(file => loadAll(readFileSync(join(folder, file), 'utf8')).filter(isObject));
}

function isObject(document: unknown): document is KubeObject {
  return typeof document === 'object' && document !== null && 'kind' in document;
}

function yamlFiles(folder: string, below: string): string[] {
  const files = readdirSync(join(folder, below)).filter(file => file.endsWith('.yaml'));
  return files.sort().map(file => join(below, file));
}

function read(): Manifests {
  if (cnpg === undefined) throw new Error('tools/schemas/sources.ts has no CloudNativePG');
  const ofArgocd = fetchModule(argocd);
  const definitions = custom.flatMap(({ module, folder, files }) => {
    const home = fetchModule(module);
    return objectsIn(home, files?.map(file => join(folder, file)) ?? yamlFiles(home, folder));
  });
  definitions.push(...objectsIn(ofArgocd, yamlFiles(ofArgocd, 'manifests/crds')));
  const release = `releases/cnpg-${cnpg.module.version.slice(1)}.yaml`;
  return {
    definitions: definitions.filter(({ kind }) => kind === 'CustomResourceDefinition'),
    cnpg: objectsIn(fetchModule(cnpg.module), [release]),
    argocd: objectsIn(ofArgocd, ['manifests/core-install.yaml']),
  };
}

/** Read out of the Go modules once for each set of versions, into the cache; prints the file. */
function main(): void {
  const pins = JSON.stringify([argocd, ...custom]);
  const key = createHash('sha256').update(pins).digest('hex').slice(0, 12);
  const folder = join(process.env['REM_E2E_CACHE'] ?? '', 'manifests');
  const file = join(folder, `${key}.json`);
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(read()));
    renameSync(`${file}.new`, file);
  }
  process.stdout.write(`${file}\n`);
}

main();
