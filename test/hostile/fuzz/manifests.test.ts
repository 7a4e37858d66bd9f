import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nodeHost } from '../generator/cli/host.ts';
import { main } from '../generator/cli/main.ts';
import { objectsOf, root } from './machine.ts';
import { expandText } from './spec-text.ts';

/** The seed is fixed: what passes here passes anywhere. Another one: FC_SEED=… npm test. */
const seed = Number(process.env['FC_SEED'] ?? 1);

const cases = join(root, 'test/checks');

/** Correct sets of manifests, which between them have every kind that a rule looks at. */
const sets: readonly unknown[] = readdirSync(cases).map(rule =>
  objectsOf(readFileSync(join(cases, rule, 'ok.yaml'), 'utf8')),
);

/** A change of the value at a path, or of its name. */
interface Change {
  readonly place: number;
  readonly value?: unknown;
  readonly name?: string;
}

/** What manifests hold by mistake, and names that every JavaScript object knows. */
const values: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, {}, [], '', 0, -1.5, true, [null], [{}], ['a'], { a: null }),
  fc.constantFrom<unknown>({ toString: 1 }, { constructor: 'a' }, 'constructor', '__proto__'),
  fc.constantFrom('{{ .a', `{{ ${'('.repeat(5000)}`, '$(', '[', '*', 'a/b', '1h1d', '\u0000'),
  fc.jsonValue({ maxDepth: 2 }),
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ place: fc.nat(), value: values }),
  fc.record({ place: fc.nat(), value: fc.constant(undefined) }),
  fc.record({ place: fc.nat(), name: fc.constantFrom('toString', '__proto__', 'constructor', '') }),
);

type Path = readonly (string | number)[];

function pathsIn(value: unknown, at: Path = []): Path[] {
  const own = at.length === 0 ? [] : [at];
  if (typeof value !== 'object' || value === null) return own;
  const children = Object.entries(value).flatMap(([name, child]) =>
    pathsIn(child, [...at, Array.isArray(value) ? Number(name) : name]),
  );
  return [...own, ...children];
}

/** The set with a change; places are counted round and round. */
function changed(set: unknown, { place, ...to }: Change): unknown {
  const paths = pathsIn(set);
  const path = paths[place % Math.max(1, paths.length)];
  return path === undefined ? set : changedAt(set, path, to);
}

function changedAt(value: unknown, [step, ...rest]: Path, to: Omit<Change, 'place'>): unknown {
  if (step === undefined) return 'value' in to ? to.value : value;
  if (Array.isArray(value))
    return value.map((child, index) => (index === step ? changedAt(child, rest, to) : child));
  const entries = Object.entries(value as object).map(([name, child]) => {
    if (name !== step) return [name, child];
    const isRenamed = rest.length === 0 && to.name !== undefined;
    return [isRenamed ? to.name : name, changedAt(child, rest, to)];
  });
  return Object.fromEntries(entries);
}

/** Runs the commands that read manifests from stdin; a bug of ours is thrown. */
function checkRuns(manifests: string): void {
  for (const command of ['lint', 'graph']) {
    let shown = '';
    const take = (text: string): void => {
      shown += text;
    };
    const host = {
      ...nodeHost(root),
      readStdin: () => Buffer.from(manifests),
      stdout: take,
      stderr: take,
    };
    expect([0, 1]).toContain(main([command, '-'], host));
    expect(shown).not.toMatch(/"undefined"|\[object /);
  }
}

test('no manifest makes lint or graph fail, whatever it holds and wherever', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...sets),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (set, changes) => {
        const items = changes.reduce(changed, set);
        checkRuns(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      },
    ),
    { seed, numRuns: 250 },
  );
});

/** The specs of the golden cases. */
const specs: readonly unknown[] = readdirSync(join(root, 'test/golden')).flatMap(name =>
  objectsOf(readFileSync(join(root, 'test/golden', name, 'rem-secrets.yaml'), 'utf8')),
);

test('no spec makes expand fail, whatever it holds and wherever', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...specs),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      (spec, changes) => {
        const { value, faults } = expandText(JSON.stringify(changes.reduce(changed, spec)));
        expect(value === undefined).toBe(faults.length > 0);
      },
    ),
    { seed, numRuns: 250 },
  );
});

function withTemplate(text: string): string {
  const target = { template: { data: { a: text } } };
  const metadata = { name: 'a' };
  const apiVersion = 'external-secrets.io/v1';
  return JSON.stringify({ apiVersion, kind: 'ExternalSecret', metadata, spec: { target } });
}

test.for<[name: string, manifests: string]>([
  ['a spec that is null', 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: null'],
  [
    'data that is a list',
    'apiVersion: v1\nkind: Secret\nmetadata: { name: a }\ndata: [a, 1, null]',
  ],
  ['a name that is a number', 'apiVersion: v1\nkind: Pod\nmetadata: { name: 5 }'],
  ['no metadata', 'apiVersion: apps/v1\nkind: Deployment'],
  [
    'env that is a map',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { containers: [{ name: a, env: {} }] }',
  ],
  [
    'a generator of a kind that every object knows',
    'apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: { name: a }\nspec: { dataFrom: [{ sourceRef: { generatorRef: { kind: constructor, name: a } } }] }',
  ],
  ['a kind that is a map', 'apiVersion: v1\nkind: { toString: 1 }\nitems: []'],
  ['a scalar', '5'],
  ['a template with 50,000 parentheses', withTemplate(`{{ ${'('.repeat(50_000)} .a }}`)],
  ['a template with 50,000 branches', withTemplate('{{ if .a }}'.repeat(50_000))],
])('neither does %s', ([, manifests]) => {
  checkRuns(manifests);
});
