import { oneLine } from '../one-line.ts';
import type { ChangeGroup } from './review.ts';

/** Changes that are told together: one, or many objects of a kind that come or go alike. */
export interface Bundle {
  readonly what: ChangeGroup['what'];
  readonly groups: readonly [ChangeGroup, ...ChangeGroup[]];
}

/** So many objects of one kind are told one by one. */
const FEW = 3;

/**
 * Changes as they are told, each where the first of its kind stands: what comes or goes of one kind in
 * the same units, and with the same outcome, is one entry. `isAlone`: it is told by itself anyhow.
 */
export function bundlesOf(
  changes: readonly ChangeGroup[],
  isAlone: (group: ChangeGroup) => boolean = () => false,
): Bundle[] {
  const bundles = new Map<unknown, [ChangeGroup, ...ChangeGroup[]]>();
  for (const group of changes) {
    const key = isAlone(group) ? group : (alikeKey(group) ?? group);
    const known = bundles.get(key);
    if (known === undefined) bundles.set(key, [group]);
    else known.push(group);
  }
  return [...bundles.values()].flatMap(groups =>
    groups.length > FEW
      ? [{ what: groups[0].what, groups }]
      : groups.map((group): Bundle => ({ what: group.what, groups: [group] })),
  );
}

function alikeKey({ what, objects }: ChangeGroup): string | undefined {
  if (what === 'changed' || objects.some(({ pair }) => pair !== undefined)) return undefined;
  const shared = objects.map(({ kind, environment, outcome }) => [kind, environment, outcome]);
  return JSON.stringify([what, shared]);
}

/** `12 ConfigMaps`. */
export function bundleTitle({ groups }: Bundle): string {
  return `${groups.length} ${plural(oneLine(groups[0].objects[0]?.kind ?? ''))}`;
}

/** The names of the objects, each once: `shop/settings`. */
export function bundleNames({ groups }: Bundle): string[] {
  return groups.map(({ objects: [first] }) =>
    oneLine(
      first?.namespace === undefined ? (first?.name ?? '') : `${first.namespace}/${first.name}`,
    ),
  );
}

/** What is the same of all of them. */
export function bundleFacts({ groups: [{ objects }] }: Bundle): {
  readonly environments: readonly string[];
  readonly outcome?: string;
} {
  const outcome = objects[0]?.outcome;
  return {
    environments: objects.map(({ environment }) => environment),
    ...(outcome !== undefined && { outcome }),
  };
}

/** The two units that several objects move between, as they are; undefined: it is no such change. */
export function moveOf({
  objects,
  fields,
}: ChangeGroup): { readonly from: string; readonly to: string } | undefined {
  const [first] = objects;
  if (first?.movedFrom === undefined || fields.length > 0 || objects.length < 2) return undefined;
  return { from: first.movedFrom, to: first.environment };
}

/** `NetworkPolicies`, `Ingresses`. */
function plural(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(?:s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}
