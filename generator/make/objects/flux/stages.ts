import type { JsonObject } from '../../../ground/json.ts';
import { type BuiltObject, groupOf, type KubeObject, refOf } from '../../../ground/kube-object.ts';
import { CNPG } from '../../../kinds/cnpg/group.ts';
import { kindOf } from '../../../kinds/kinds.ts';

/**
 * What comes before workloads, which Flux would apply at once with them (docs/facts/flux.md#order): by kinds alone, so
 * that no object goes from one Kustomization to another, which might delete it before the other has it.
 */
export interface FirstStage {
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
}

/** Whose objects are, or make, or let in to, what workloads read. */
const GROUPS = [
  'barmancloud.cnpg.io',
  'external-secrets.io',
  'generators.external-secrets.io',
  CNPG,
];

/** ConfigMaps are not among them: kustomize gives those that it generates their names where they are read. */
const KINDS = [
  'ClusterRole',
  'ClusterRoleBinding',
  'Namespace',
  'Role',
  'RoleBinding',
  'ServiceAccount',
];

/**
 * The kinds that come first: those above, others that make Secrets, and those of all that they need.
 */
export function firstStage(
  objects: readonly BuiltObject[],
  all: readonly KubeObject[],
): FirstStage {
  const makers = all.filter(isMaker);
  const start = { groups: GROUPS, kinds: [...KINDS, ...makers.map(({ kind }) => kind)] };
  const byRef = new Map(objects.map(built => [refOf(built.object), built]));
  const found = new Set(objects.filter(({ object }) => isFirst(object, start)));
  for (const { needs } of found)
    for (const need of needs) {
      const needed = byRef.get(need);
      if (needed !== undefined) found.add(needed);
    }
  const kinds = [...makers, ...[...found].map(({ object }) => object)]
    .filter(object => !GROUPS.includes(groupOf(object)))
    .map(({ kind }) => kind);
  return { groups: GROUPS, kinds: [...new Set([...KINDS, ...kinds])].sort() };
}

/** Whether an operator makes Secrets of objects of its kind. */
function isMaker(object: KubeObject): boolean {
  const known = kindOf(groupOf(object), object.kind);
  return known?.makes !== undefined && known.group !== '' && known.pods === undefined;
}

/** Whether an object comes before workloads. */
export function isFirst(object: KubeObject, { groups, kinds }: FirstStage): boolean {
  return groups.includes(groupOf(object)) || kinds.includes(object.kind);
}

const STAGE = 'rem-secrets.io/stage';

/** Leaves what comes first: marks it, takes away the rest, and takes the mark away again. */
export function onlyFirst(stage: FirstStage): JsonObject[] {
  return [
    ...targets(stage).map(target => ({ target, patch: MARK })),
    { target: { annotationSelector: `!${STAGE}` }, patch: DELETE },
    { target: { annotationSelector: STAGE }, patch: UNMARK },
  ];
}

const MARK = `apiVersion: v1\nkind: any\nmetadata: { name: any, annotations: { ${STAGE}: first } }\n`;

const UNMARK = `- { op: remove, path: /metadata/annotations/${STAGE.replace('/', '~1')} }\n`;

/** Takes what comes first away. */
export function withoutFirst(stage: FirstStage): JsonObject[] {
  return targets(stage).map(target => ({ target, patch: DELETE }));
}

const DELETE = '$patch: delete\napiVersion: v1\nkind: any\nmetadata: { name: any }\n';

/** kustomize takes both for regular expressions, from their beginning to their end. */
function targets({ groups, kinds }: FirstStage): JsonObject[] {
  return [
    { group: groups.map(group => group.replaceAll('.', '\\.')).join('|') },
    { kind: kinds.join('|') },
  ];
}
