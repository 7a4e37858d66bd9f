import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMap, type Json } from '../../generator/core/json.ts';
import { asJson, type KubeObject } from '../../generator/core/kube-object.ts';
import { adopt } from '../../generator/import/adopt.ts';
import { nothingApplied } from '../../generator/import/deployers.ts';
import { mainNamespace, type Original, originalOf } from '../../generator/import/originals.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import type { BuiltUnit } from '../../generator/spec/pipeline.ts';
import { generatedSpec } from '../generated-spec.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { expandText, validators } from '../spec-text.ts';

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

function wantedFrom({ name, objects }: BuiltUnit, edits: readonly Edit[]): Original {
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
  const placed = (all as unknown as readonly KubeObject[]).map(object =>
    placedObject(object, 0, [], ''),
  );
  return originalOf({ name, objects: placed }, mainNamespace({ name, objects: placed }) ?? 'shop');
}

test.for([0, 1, 5])('manifests that %i edits changed are imported as they are', async count => {
  const edits = fc.array(edit, { minLength: count, maxLength: count });
  await hold(`import after ${count} edits`, 5, [generatedSpec, edits], (spec, changes) => {
    const { value } = expandText(JSON.stringify(spec));
    if (value === undefined) throw new Error('the generated spec has faults');
    const all = value.units.map(unit => wantedFrom(unit, changes));
    const { text, faults, drafts, proofs } = adopt(all, {
      name: 'shop',
      tree: nothingApplied,
      commentsOf: () => [],
      longest: 0,
      validators,
    });
    expect(faults, text).toEqual([]);
    const lost = drafts.flatMap(draft =>
      draft.lost.map(({ object, reason }) => [object.name, reason]),
    );
    const differing = proofs.flatMap(({ changes: found }) => [...found]);
    expect({ lost, differing }, text).toEqual({ lost: [], differing: [] });
  });
});
