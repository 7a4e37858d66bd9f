import type { Path } from '../../../ground/finding.ts';
import { groupBy } from '../../../ground/group-by.ts';
import { isBelow, type JsonObject, mapAt, textAt } from '../../../ground/json.ts';
import { oncePer } from '../../../ground/once-per.ts';
import type { ExternalSecret } from '../../../kinds/eso/external-secret-spec.ts';
import { EXTERNAL_SECRETS, PUSH_SECRETS, type SpecPlaces } from '../../../kinds/eso/specs.ts';
import {
  type Changed,
  type Comparison,
  changedOf,
  type FieldChange,
  fieldPath,
} from '../../changes/comparison.ts';

/** The spec of an object before and after, with its defaults. */
export interface SpecOnBothSides {
  readonly change: Changed;
  /** Where the spec stands in the object. */
  readonly path: Path;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** The spec of an ExternalSecret, or the one that a ClusterExternalSecret gives to each of its own. */
export interface SpecChange extends SpecOnBothSides {
  /** The ExternalSecrets of the graphs; none where the namespaces are not known. */
  readonly base: readonly ExternalSecret[];
  readonly head: readonly ExternalSecret[];
}

/** Every ExternalSecret and ClusterExternalSecret that is on both sides and differs. */
export const specChanges: (comparison: Comparison) => readonly SpecChange[] = oncePer(
  comparison => {
    const [base, head] = [comparison.base, comparison.head].map(({ externalSecrets }) =>
      groupBy(externalSecrets, ({ object }) => object),
    );
    return specsAt(comparison, EXTERNAL_SECRETS).map(spec => ({
      ...spec,
      base: base?.get(spec.change.base) ?? [],
      head: head?.get(spec.change.head) ?? [],
    }));
  },
);

/** Every PushSecret and ClusterPushSecret that is on both sides and differs. */
export function pushChanges(comparison: Comparison): SpecOnBothSides[] {
  return specsAt(comparison, PUSH_SECRETS);
}

function specsAt(comparison: Comparison, places: SpecPlaces): SpecOnBothSides[] {
  return [...places].flatMap(([kind, path]) =>
    changedOf(comparison, kind).map(change => ({
      change,
      path,
      before: mapAt(change.before, ...path.map(String)),
      after: mapAt(change.after, ...path.map(String)),
    })),
  );
}

/** A text of the target on both sides, where it differs. */
export function targetChange(
  { before, after }: SpecChange,
  field: string,
): { readonly was: string; readonly is: string } | undefined {
  const [was = '', is = ''] = [textAt(before, 'target', field), textAt(after, 'target', field)];
  return was === is ? undefined : { was, is };
}

/** The Secret that a spec makes. */
export function targetOf(spec: JsonObject): string {
  return textAt(spec, 'target', 'name') ?? '';
}

/** The changes below a field of the spec, with their paths from it. */
export function fieldsBelow(
  { change, path }: SpecChange,
  field: string,
): { readonly field: FieldChange; readonly rest: Path }[] {
  const start = [...path, field];
  return change.fields.flatMap(changed => {
    const at = fieldPath(changed);
    return isBelow(at, start) ? [{ field: changed, rest: at.slice(start.length) }] : [];
  });
}
