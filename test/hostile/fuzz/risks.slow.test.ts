import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../../generator/core/kube-object.ts';
import { compare } from '../../../generator/diff/diff.ts';
import { checkRisks } from '../../../generator/diff/risk-rules.ts';
import { placedObject } from '../../../generator/kinds/kinds.ts';
import { root } from '../../machine.ts';
import { hold } from './hold.ts';

const cases = join(root, 'test/review/risks');
const junk = [null, '', 'text', 7, true, [], [null], [[]], {}, { name: null }, { name: [3] }];

function objectsOf(id: string, side: string): KubeObject[] {
  const folder = join(cases, id, side);
  const names = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => join(folder, name))
    : [`${folder}.yaml`];
  return names
    .filter(name => name.endsWith('.yaml'))
    .flatMap(name => parseAllDocuments(readFileSync(name, 'utf8')))
    .map(document => document.toJS() as KubeObject);
}

function replaced(value: unknown, nth: { left: number }, by: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const replace = (child: unknown): unknown => {
    nth.left -= 1;
    return nth.left === -1 ? by : replaced(child, nth, by);
  };
  return Array.isArray(value)
    ? value.map(replace)
    : Object.fromEntries(Object.entries(value).map(([name, child]) => [name, replace(child)]));
}

/** apiVersion and kind stay texts: without them a document is no object, and never gets here. */
function spoilt(object: KubeObject, nth: number, by: unknown): KubeObject {
  const { apiVersion, kind, ...rest } = object;
  return { apiVersion, kind, ...(replaced(rest, { left: nth }, by) as typeof rest) } as KubeObject;
}

function setOf(objects: readonly KubeObject[]) {
  const placed = objects.map((object, index) => placedObject(object, 0, [index], 'default'));
  return {
    objects: placed,
    context: [],
    outside: { secrets: new Map(), objects: new Set<string>() },
  };
}

const ids = readdirSync(cases);
const sidesOf = new Map(
  ids.map(id => [id, ['base', 'risky'].map(side => objectsOf(id, side))] as const),
);

test('whatever stands in a field, no rule throws', async () =>
  await hold(
    'risks',
    250,
    [
      fc.constantFrom(...ids),
      fc.nat({ max: 1 }),
      fc.nat({ max: 60 }),
      fc.nat(),
      fc.constantFrom(...junk),
    ],
    (id, side, nth, which, by) => {
      const [base = [], head = []] = (sidesOf.get(id) ?? []).map((objects, index) =>
        objects.map((object, at) =>
          index === side && at === which % objects.length ? spoilt(object, nth, by) : object,
        ),
      );
      const sets = { name: '', base: setOf(base), head: setOf(head) };
      expect(() => checkRisks(compare(sets, () => undefined))).not.toThrow();
    },
  ));
