import { readFileSync, writeFileSync } from 'node:fs';
import { binaryTag, CORE_SCHEMA, load, mapTag, mergeTag, seqTag, strTag } from 'js-yaml';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { folderOf, type Ran, remSecretsFn, run, runKrm, tool } from '../machine.ts';
import { specOf } from '../spec-text.ts';

/** A small spec of another team: an ExternalSecret, a Deployment, two environments. */
export const shopSpec = `
environment: dev
namespace: shop
stores: { vault: { external: true } }
secrets:
  shop-db: { store: vault, keys: { password: db/password } }
workloads:
  shop:
    image: shop:1
    env:
      PASSWORD: { secret: shop-db, key: password }
environments:
  dev: {}
  prod: { workloads: { shop: { replicas: 3 } } }
`;

/** The same with a key that the secret does not have, at the column of the word. */
export const faultySpec: string = shopSpec.replace('key: password', 'key: pasword');

/** A ResourceList in YAML; `items` is a list without indentation. */
export function listOf(spec: string, items = '[]'): string {
  const list = items.startsWith('[') ? ` ${items}` : `\n${items.trim()}`;
  const config = specOf(spec).replaceAll(/^(?=.)/gm, '  ');
  return `apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:${list}\nfunctionConfig:\n${config}`;
}

/** A ResourceList with a RemSecretsLint; items are manifests. */
export function lintListOf(spec: string, ...items: readonly string[]): string {
  const indented = items.map(text => text.replaceAll(/^(?=.)/gm, '    ').replace(/^ {4}/, '  - '));
  return `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: rem-secrets.io/v1alpha1
  kind: RemSecretsLint
  metadata: { name: lint }
  spec: ${spec}
items: # as they come
${indented.join('')}`;
}

/** Runs the function by its launcher, as a process of its own. */
export function call(input: string, options: Parameters<typeof run>[2] = {}): Ran {
  return run(remSecretsFn, [], { ...options, input });
}

/** A ResourceList that the function has written. */
export interface WrittenList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly KubeObject[];
  readonly results?: readonly Readonly<Record<string, unknown>>[];
}

/** A tag of somebody else's item, which is passed on as it came. */
const passedOn = [strTag, mapTag, seqTag].map(tag => ({ ...tag, tagName: '!x' }));

/** What stands on stdout, and nothing beside it. */
export function written({ stdout }: Ran): WrittenList {
  return load(stdout, {
    maxDepth: 250,
    schema: CORE_SCHEMA.withTags(binaryTag, mergeTag, ...passedOn),
  }) as WrittenList;
}

/** The items of a run that has to succeed. */
export async function itemsOf(input: string): Promise<readonly KubeObject[]> {
  const ran = await runKrm(input);
  if (ran.status !== 0) throw new Error(ran.stderr);
  return written(ran).items;
}

/** A spec as a file that kustomize runs the function for. */
export function pluginFile(spec: string, exec: string = remSecretsFn): string {
  const annotations = `annotations: { config.kubernetes.io/function: 'exec: { path: ${exec} }' }`;
  return specOf(spec).replace('{ name: shop }', `{ name: shop, ${annotations} }`);
}

/** A folder that kustomize builds by the function. */
export function pluginFolder(
  spec: string,
  more: Iterable<readonly [path: string, text: string]> = [],
): string {
  return folderOf([
    ['rem-secrets.yaml', pluginFile(spec)],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ...more,
  ]);
}

/** kustomize with exec functions allowed, as it ends. */
export function build(folder: string, options: { readonly cwd?: string } = {}): Ran {
  const flags = ['--enable-alpha-plugins', '--enable-exec'];
  return run(tool('kustomize'), ['build', ...flags, folder], options);
}

/** Changes a file of a copied example. */
export function edit(file: string, change: (text: string) => string): void {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** The spec with more variables of the workload: `NAME: value` lines. */
export function withEnv(...lines: readonly string[]): string {
  return shopSpec.replace(/^ +env:\n/m, `$&${lines.map(line => `      ${line}\n`).join('')}`);
}
