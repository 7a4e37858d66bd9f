import fc from 'fast-check';
import type { ObjectName } from '../../generator/core/finding.ts';
import type {
  ChangeGroup,
  EnvironmentReview,
  Review,
  ReviewedRisk,
  SecretEffect,
} from '../../generator/diff/review.ts';
import { LEVELS, type Level } from '../../generator/diff/risk.ts';
import { reviewOf } from './review-page.ts';

/** An environment with some of everything. */
export function environmentOf(name: string): EnvironmentReview {
  const risks = { block: 1, high: 0, warn: 2 };
  return { name, presence: 'both', added: 1, removed: 2, changed: 3, noise: 4, risks };
}

/** A risk of a level, with the parts that matter to a test. */
export function riskOf(
  level: Level,
  name: string,
  parts: Partial<ReviewedRisk> = {},
): ReviewedRisk {
  const object = { kind: 'Cluster', namespace: 'shop', name };
  return {
    rule: 'cluster-removed',
    severity: level === 'block' ? 'error' : 'warning',
    level,
    message: `the CNPG Cluster "${name}" is removed, and its volumes with it`,
    hint: 'Keep the name.',
    object,
    side: 'head',
    field: 'metadata.name',
    environments: ['prod'],
    at: { file: 'rem-secrets.yaml', line: 12, column: 3 },
    related: [{ note: 'the new Cluster', object, side: 'head' }],
    ...parts,
  };
}

/** A field of a Secret that changes, with the parts that matter to a test. */
export function changeOf(
  name: string,
  text: string,
  parts: Partial<ChangeGroup> = {},
): ChangeGroup {
  const object = { kind: 'Secret', namespace: 'shop', name, environment: 'prod' };
  const field = {
    what: 'changed',
    field: `data.${name}`,
    base: text,
    head: `${text}.`,
    isHidden: false,
  } as const;
  return { what: 'changed', objects: [object], fields: [field], manifests: () => ({}), ...parts };
}

function effectOf(name: string): SecretEffect {
  const object = { kind: name, namespace: name, name };
  const secret = {
    namespace: name,
    name,
    state: 'made',
    keys: [name],
    isOpen: false,
    missingKeys: [name],
    makers: [{ ...object, refresh: name, sources: [{ ...object, remoteKeys: [name] }] }],
    readers: [{ ...object, how: [name], pickup: 'never' }],
  } as const;
  return {
    environments: [name, 'prod'],
    namespaces: [name, 'shop'],
    base: secret,
    head: { ...secret, keys: [name, `${name}2`] },
    addedKeys: [`${name}2`],
    removedKeys: [name],
    isSourceChanged: true,
  };
}

/** An object that changes in one of its texts, in others, and in the order of one. */
function changeWith(objects: ChangeGroup['objects'], text: string): ChangeGroup {
  return {
    what: 'changed',
    objects,
    fields: [
      { what: 'changed', field: text, base: text, head: `${text}\n${text}`, isHidden: false },
      { what: 'changed', field: text, base: `a ${text}`, head: `b ${text}`, isHidden: false },
      { what: 'reordered', field: text, isHidden: false },
    ],
    manifests: () => ({ base: { [text]: `a ${text}` }, head: { [text]: `b ${text}` } }),
  };
}

/** What people do not name objects, and a hand-written manifest may hold all the same. */
const HOSTILE = [
  '|', '`', '```\n', '@everyone', ' @a/b', '<script>', '</code></details>', '<!-- rem-secrets -->',
  '&lt;', '#123', 'a/b#1', 'GH-1', '!7', '$1$', '~bug', '%"1.0"', ':100:', 'https://evil.example/x',
  'www.evil.example', 'a@evil.example', '\n\n# big\n', '\r\n- x', '\u0000', '\u001b[31m',
  '\u202e\u2066', '\u200b\ufeff', '\ud800', '**b** _i_ ~~s~~ [a](b) ![c](d)', '\\', '"', '\t', ' ',
  '1. x', '> q', '---', '{{ x }}',
]; // biome-ignore format: a table

/** A name with anything in it. */
export const anyName: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'grapheme', maxLength: 6 })), {
    maxLength: 6,
  })
  .map(parts => parts.join(''));

/** A review that says its names wherever a name can be said. */
export function reviewWith(names: readonly string[]): Review {
  const at = (index: number): string => names[index % names.length] ?? '';
  const object = (index: number): ObjectName => ({
    kind: at(index),
    namespace: at(index + 1),
    name: at(index + 2),
  });
  const place = (index: number): { file: string; line: number; column: number } => ({
    file: at(index),
    line: 1,
    column: 2,
  });
  const finding = {
    rule: 'unknown-secret',
    severity: 'error',
    message: `${at(3)} "${at(4)}"`,
    hint: at(5),
    field: at(6),
    at: place(7),
    object: object(8),
  } as const;
  const acknowledged = {
    rule: at(0),
    object: at(1),
    environment: at(2),
    reason: at(3),
    at: place(4),
  };
  const risk = (level: Level): ReviewedRisk =>
    riskOf(level, at(0), {
      object: object(1),
      environments: [at(2), at(3)],
      message: `the Secret "${at(4)}" of ${at(5)}`,
      hint: at(6),
      outcome: `deleted by "${at(7)}"`,
      at: place(8),
      related: [{ note: at(9), object: object(10), side: 'base', at: place(11) }],
    });
  const changed = { ...object(6), environment: at(7), pair: object(8), outcome: at(9) };
  const whole = { [at(4)]: at(5) };
  return reviewOf({
    base: at(0),
    head: at(1),
    environments: [environmentOf(at(2)), environmentOf(at(3))],
    risks: [...LEVELS.map(risk), { ...risk('block'), acknowledged }],
    changes: [
      changeWith([changed], at(5)),
      changeOf(at(4), at(5), {
        what: 'added',
        fields: [],
        objects: [changed],
        manifests: () => ({ head: whole }),
      }),
      changeOf(at(4), at(5), {
        what: 'removed',
        fields: [],
        objects: [changed],
        manifests: () => ({ base: whole }),
      }),
    ],
    versions: [
      {
        what: 'image',
        name: at(5),
        base: `${at(5)}:${at(6)}`,
        head: `${at(5)}:${at(7)}`,
        isMajor: true,
        objects: [{ ...object(6), environment: at(7) }],
      },
    ],
    secrets: [effectOf(at(6))],
    awsCalls: [
      { environment: at(7), base: { calls: 0, dollars: 0 }, head: { calls: 1, dollars: 0 } },
    ],
    findings: [{ ...finding, environments: [at(7)] }],
    broken: [{ side: 'head', environment: at(8), finding }],
    unused: [acknowledged],
    notices: [finding],
    unseen: ['Values.', `not read: ${at(9)}`],
  });
}
