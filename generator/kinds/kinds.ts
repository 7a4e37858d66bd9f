import { groupBy } from '../core/json.ts';
import { managedResource } from './crossplane.ts';
import type { Kind } from './kind.ts';
import * as list from './kind-list.ts';

export const kinds: readonly Kind[] = Object.values<Kind | readonly Kind[]>(list).flat();

const byName: ReadonlyMap<string, readonly Kind[]> = groupBy(kinds, ({ kind }) => kind);

/** All kinds of a name, whatever their groups. */
export function kindsNamed(name: string): readonly Kind[] {
  return byName.get(name) ?? [];
}

/** Groups that no longer have kinds, or never had any. */
const ABANDONED = /^(|[a-z]+|.*\.k8s\.io)$/;

/** The kind with this group and name; for a group that was removed or never existed, the only kind of this name. */
export function kindOf(group: string, kind: string): Kind | undefined {
  const named = kindsNamed(kind);
  return (
    named.find(known => known.group === group) ??
    managedResource(group, kind) ??
    named.find(known => known.served?.formerly?.includes(group)) ??
    (ABANDONED.test(group) ? named.find(known => known.isUnmistakable) : undefined)
  );
}
