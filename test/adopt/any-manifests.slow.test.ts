import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adopt } from '../../generator/adopt/adopt.ts';
import { nothingApplied } from '../../generator/adopt/deployers/tree.ts';
import { mainNamespace, type Wanted, wantedOf } from '../../generator/adopt/wanted.ts';
import { isMap, type Json } from '../../generator/ground/json.ts';
import { asJson, type KubeObject } from '../../generator/ground/kube-object.ts';
import { itemOf } from '../../generator/kinds/item-of.ts';
import type { Target } from '../../generator/make/target.ts';
import { generatedSpec } from '../generated-spec.ts';
import { expandText, validators } from '../spec-text.ts';

/** The seed is fixed: what passes here passes anywhere. Another one: FC_SEED=… npm test. */
const seed = Number(process.env['FC_SEED'] ?? 1);

/** Something that somebody changed by hand in a manifest: the how-manieth value, and into what. */
const edit = fc.record({
  at: fc.nat(10_000),
  to: fc.constantFrom<Json | undefined>(undefined, undefined, 'x', 7, true, null, [], {}, ['x'], {
    name: 'x',
  }),
});

/** Values below a map or list, with what changes each. */
function* valuesIn(value: Json, path: readonly string[]): Iterable<readonly string[]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    const below = [...path, name];
    if (!/^(apiVersion|kind|metadata\.(name|namespace))$/.test(below.join('.'))) yield below;
    yield* valuesIn(child, below);
  }
}

function edited(value: Json, [step, ...path]: readonly string[], to: Json | undefined): Json {
  if (step === undefined || typeof value !== 'object' || value === null) return value;
  const change = (child: Json): Json[] =>
    path.length > 0 ? [edited(child, path, to)] : to === undefined ? [] : [to];
  if (Array.isArray(value))
    return value.flatMap((child, index) => (String(index) === step ? change(child) : [child]));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, child]) =>
      name === step ? change(child).map(one => [name, one]) : [[name, child]],
    ),
  );
}

type Edit = { readonly at: number; readonly to: Json | undefined };

/** The objects of a target as somebody left them. */
function wantedFrom({ name, objects }: Target, edits: readonly Edit[]): Wanted {
  let all: Json = objects.map(({ object }) => asJson(object));
  for (const { at, to } of edits) {
    const paths = [...valuesIn(all, [])].filter(path => path.length > 1);
    const isFixed = (path: readonly string[]): boolean =>
      /^\d+\.(apiVersion|kind|metadata(\.(name|namespace))?)$/.test(path.join('.'));
    const isText = to === undefined || typeof to === 'string';
    const open = paths.filter(
      path => !isFixed(path) && (path[1] !== 'metadata' || (isText && path.length > 3)),
    );
    all = edited(all, open[at % open.length] ?? [], to);
  }
  const items = (all as unknown as readonly KubeObject[]).map(object => itemOf(object, 0, [], ''));
  return wantedOf({ name, items }, mainNamespace({ name, items }) ?? 'shop');
}

test.for([0, 1, 5])('manifests that %i edits changed are imported as they are', count => {
  const edits = fc.array(edit, { minLength: count, maxLength: count });
  fc.assert(
    fc.property(generatedSpec, edits, (spec, changes) => {
      const { value } = expandText(JSON.stringify(spec));
      if (value === undefined) throw new Error('the generated spec has faults');
      const all = value.targets.map(target => wantedFrom(target, changes));
      const { text, faults, drafts, proofs } = adopt(all, {
        name: 'shop',
        tree: nothingApplied,
        commentsOf: () => [],
        validators,
      });
      expect(faults, text).toEqual([]);
      const lost = drafts.flatMap(draft =>
        draft.lost.map(({ item, reason }) => [item.name, reason]),
      );
      const differing = proofs.flatMap(({ changes: found }) => [...found]);
      expect({ lost, differing }, text).toEqual({ lost: [], differing: [] });
    }),
    { seed, numRuns: Number(process.env['FC_RUNS'] ?? 5) },
  );
});
