import type { Path } from '../ground/finding.ts';
import { textAt } from '../ground/json.ts';
import { type Item, specOf } from './item.ts';
import { type SecretGraph, secretId } from './secret-graph.ts';

/** Why a Secret is not there: what to do, and what was meant to make it or makes it elsewhere. */
export interface Reason {
  readonly hint: string;
  readonly related: readonly { readonly item: Item; readonly path: Path; readonly note: string }[];
  /** The maker or the reader, when it has no namespace and so misses the other. */
  readonly stray?: Item;
}

/** Secrets that one would expect of an object, and why it does not make them. */
export function unmadeSecrets(graph: SecretGraph): Map<string, Reason> {
  const unmade = new Map<string, Reason>();
  for (const item of graph.byKind('Cluster'))
    if (item.group === 'postgresql.cnpg.io')
      for (const [suffix, hint, path] of unmadeByCluster(item))
        unmade.set(secretId(item.namespace, `${item.name}-${suffix}`), {
          hint,
          related: [{ item, path, note: `CNPG cluster "${item.name}"` }],
        });
  for (const { item, namespace, target, creationPolicy, path } of graph.externalSecrets) {
    if (creationPolicy !== 'None' && target !== item.name)
      unmade.set(secretId(namespace, item.name), {
        hint: `${item.kind} "${item.name}" makes a Secret of another name: read "${target}".`,
        related: [{ item, path: [...path, 'target', 'name'], note: 'the name of the Secret' }],
      });
  }
  return unmade;
}

/** Fields of a CNPG Cluster that name a Secret instead of one that CNPG makes, by its suffix. */
const INSTEAD: readonly (readonly [suffix: string, ...field: string[]])[] = [
  ['app', 'bootstrap', 'initdb', 'secret', 'name'],
  ['app', 'bootstrap', 'recovery', 'secret', 'name'],
  ['app', 'bootstrap', 'pg_basebackup', 'secret', 'name'],
  ['superuser', 'superuserSecret', 'name'],
  ['server', 'certificates', 'serverTLSSecret'],
  ['replication', 'certificates', 'replicationTLSSecret'],
  ['ca', 'certificates', 'serverCASecret'],
];

const MORE: Readonly<Record<string, string>> = {
  app: 'CNPG makes none without a database: a monolith import copies roles with their passwords.',
  superuser:
    'CNPG makes it only with enableSuperuserAccess: true: set it, or read the -app Secret.',
};

/** Which Secrets of a CNPG cluster depend on its spec (domain-facts.md, section 3). */
function unmadeByCluster(item: Item): [suffix: string, hint: string, path: Path][] {
  const others = Object.entries(MORE).map(([suffix, hint]): [string, string, Path] => [
    suffix,
    hint,
    ['metadata', 'name'],
  ]);
  const given = INSTEAD.flatMap(([suffix, ...field]): [string, string, Path][] => {
    const name = textAt(specOf(item), ...field);
    if (name === undefined) return [];
    const where = field.filter(step => step !== 'name').join('.');
    const hint = `CNPG makes no "${item.name}-${suffix}", because ${where} names "${name}": read that one.`;
    return [[suffix, hint, ['spec', ...field]]];
  });
  return [...others, ...given];
}
