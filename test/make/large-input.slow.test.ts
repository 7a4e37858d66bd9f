import { describe, expect, test } from 'vitest';
import { exits } from '../machine.ts';
import { expandText, findingsIn, runSpec, specOf } from '../spec-text.ts';

describe('large input', () => {
  const lines = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');

  test.for<[string, string]>([
    [
      'many values',
      specOf(
        `namespace: shop\nworkloads:\n  api:\n    image: shop/api:1\n    env:\n${lines(40_000, index => `      VARIABLE_${index}: ${'some text that goes on '.repeat(4)}`)}`,
      ),
    ],
    [
      'one value',
      specOf(`namespace: shop\nworkloads: { api: { image: x, env: { V: ${'x'.repeat(4e6)} } } }`),
    ],
    ['a comment', `${specOf('namespace: shop')}# ${'x'.repeat(4e6)}\n`],
    [
      'what nearly looks like secrets',
      specOf(
        `namespace: shop\nworkloads: { api: { image: x, env: { A: "${'a://b:'.repeat(16e4)}", B: "${'a='.repeat(4e5)}", C: "${'eyJ-'.repeat(2e5)}", D: "${'a'.repeat(12e5)}://" } } }`,
      ),
    ],
  ])('4 MB: %s', ([, text]) => {
    expect(text.length).toBeGreaterThan(3e6);
    const { value, faults } = expandText(text);
    expect(faults).toEqual([]);
    expect(value).toBeDefined();
  });

  test('1 MB in one name is not printed', async () => {
    const name = 'A'.repeat(1e6);
    const { stderr } = exits(
      1,
      await runSpec(specOf(`namespace: shop\nworkloads: { ${name}: { image: x } }`), 'expand'),
    );
    expect(stderr.length).toBeLessThan(1000);
  });

  test.for<[string, string]>([
    ['maps on a line', `a: ${'{a: '.repeat(10_000)}x${'}'.repeat(10_000)}`],
    ['lists on a line', '['.repeat(10_000)],
    ['maps by indentation', lines(10_000, index => `${' '.repeat(index)}a:`)],
    ['lists by dashes', `${'- '.repeat(10_000)}x`],
    [
      'in a patch',
      specOf(`workloads: { a: { patch: ${'{a: '.repeat(10_000)}x${'}'.repeat(10_000)} } }`),
    ],
  ])('10,000 levels: %s', ([, text]) => {
    expect(findingsIn(text).map(({ rule }) => rule)).toEqual(['yaml-syntax']);
  });

  test('as deep as the parser goes', () => {
    const config = `${'{a: '.repeat(180)}x${'}'.repeat(180)}`;
    const text = specOf(
      `namespace: shop\nworkloads: { otel: { kind: OpenTelemetryCollector, config: ${config} } }`,
    );
    expect(findingsIn(text).every(({ rule }) => rule === 'missing-field')).toBe(true);
  });

  test.for<[string, string, string]>([
    ['fields', 'unknown-field', `workloads:\n${lines(5000, index => `  w${index}: { imgae: x }`)}`],
    ['types', 'wrong-type', `workloads:\n${lines(5000, index => `  w${index}: { image: 1 }`)}`],
    ['names', 'illegal-name', `workloads:\n${lines(5000, index => `  W${index}: { image: x }`)}`],
    [
      'keys',
      'duplicate-key',
      `workloads:\n  w: { image: x }\n${lines(5000, () => '  w: { image: x }')}`,
    ],
    [
      'secret values',
      'secret-value',
      `workloads:\n  w:\n    env:\n${lines(5000, index => `      V${index}: http://a:b@c`)}`,
    ],
    [
      'references',
      'unknown-secret',
      `namespace: x\nsecrets: { shop-login: { manual: [token] } }\nworkloads:\n  w:\n    image: x\n    env:\n${lines(5000, index => `      V${index}: { secret: shop-lgin-${index}, key: token }`)}`,
    ],
  ])('5,000 faults at once: %s', ([, id, body]) => {
    const findings = findingsIn(specOf(body));
    expect(findings).toHaveLength(5000);
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set([id]));
    expect(new Set(findings.map(({ at }) => `${at?.line}:${at?.column}`)).size).toBe(5000);
  });
});
