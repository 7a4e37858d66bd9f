import { join } from 'node:path';
import { type Command, compareCpu, launcher, type Row } from './measure.ts';
import { withFolder } from './specs.ts';

const HALF = 500_000;

/** A text of about so many bytes that is made to be slow. */
type Shape = (bytes: number) => string;

const configMap = (value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\ndata: { a: ${value} }\n`;

const repeated = (part: (index: number) => string, bytes: number): string => {
  const parts: string[] = [];
  for (let length = 0; length < bytes; length += parts.at(-1)?.length ?? 1)
    parts.push(part(parts.length));
  return parts.join('');
};

/** An object with a list whose entries have names that nothing tells of, each with another value. */
const namedEntries = (bytes: number, value: string): string =>
  `apiVersion: example.com/v1\nkind: Foo\nmetadata: { name: a, namespace: shop }\nspec:\n  items:\n${repeated(
    index => `    - { name: n${index}, value: ${value}${index} }\n`,
    bytes,
  )}`;

const NAMED = 'a list of named entries';

/** So many pairs of an element of one list and of another, in a set of a kilobyte. */
const matrixSet = (index: number): string => {
  const list = (name: string): object => ({
    list: { elements: Array.from({ length: 32 }, (_, at) => ({ [name]: `${name}${at}` })) },
  });
  return `${JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: `s${index}`, namespace: 'argocd' },
    spec: {
      generators: [{ matrix: { generators: [list('a'), list('b')] } }],
      template: {
        metadata: { name: `{{a}}-{{b}}-${index}` },
        spec: {
          project: 'default',
          destination: { name: 'in-cluster', namespace: 'x' },
          source: { repoURL: 'https://example.com/a.git', path: 'apps/{{a}}/{{b}}' },
        },
      },
    },
  })}\n---\n`;
};

const variablesOfAll = (bytes: number): string => `apiVersion: v1
kind: ConfigMap
metadata: { name: c, namespace: shop }
data:
${repeated(index => `  KEY_${index}: v\n`, bytes / 2)}---
apiVersion: v1
kind: Pod
metadata: { name: a, namespace: shop }
spec:
  containers:
${repeated(index => `    - { name: c${index}, image: i, envFrom: [{ configMapRef: { name: c } }] }\n`, bytes / 2)}`;

/** What would be quadratic if a stage looked at all that is before or behind it again. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'one name again and again on one line': bytes =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, ${repeated(() => 'k: 1, ', bytes)} }\n`,
  'aliases of one value': bytes => configMap(`&a x, b: [ ${repeated(() => '*a, ', bytes)} ]`),
  'maps that merge each the one before': bytes =>
    `x0: &x0 { a: b }\n${repeated(index => `x${index + 1}: &x${index + 1} { <<: *x${index}, k: v }\n`, bytes)}`,
  'spaces in a name': bytes => configMap(`x\nkind2: "a${' '.repeat(bytes)}b"`).replace(' }\n', ''),
  'letters behind http://': bytes => configMap(`"http://${'a'.repeat(bytes)}"`),
  'one word': bytes => 'a'.repeat(bytes),
  'templates that stay open': bytes => configMap(`"${repeated(() => '{{ if .a ', bytes)}"`),
  'references to variables': bytes => configMap(`"${repeated(() => '$(A)', bytes)}"`),
  'readers of absent Secrets in JSON on one line': bytes =>
    `{"apiVersion":"v1","kind":"List","items":[${repeated(
      index =>
        `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p${index}","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"i","env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"s${index}","key":"k"}}}]}]}},`,
      bytes,
    ).slice(0, -1)}]}`,
  'empty documents': bytes => repeated(() => '---\n', bytes),
  'quotes that are not closed': bytes => repeated(index => `a${index}: "\n`, bytes),
  'a key and its value in a file of settings': bytes =>
    configMap(`"${repeated(() => 'password=a&', bytes)}"`),
  'ApplicationSets of a matrix': bytes => repeated(matrixSet, bytes),
  'a ConfigMap that every container takes whole': variablesOfAll,
  [NAMED]: bytes => namedEntries(bytes, 'w'),
};

/** Twice the text takes twice the time, by lint and by diff, and a megabyte ends soon. */
export function hostile(): Row[] {
  return Object.entries(SHAPES).flatMap(([what, shape]) =>
    withFolder(
      {
        'half.yaml': shape(HALF),
        'whole.yaml': shape(2 * HALF),
        'before-half.yaml': what === NAMED ? namedEntries(HALF, 'v') : '',
        'before-whole.yaml': what === NAMED ? namedEntries(2 * HALF, 'v') : '',
      },
      folder => (['lint', 'diff'] as const).flatMap(command => rowsOf(what, folder, command)),
    ),
  );
}

function rowsOf(what: string, folder: string, command: 'lint' | 'diff'): Row[] {
  const call = (file: string): Command => {
    const path = join(folder, file);
    const sides = ['--base', `path:${join(folder, `before-${file}`)}`, '--head', `path:${path}`];
    const args = command === 'lint' ? ['lint', path] : ['diff', ...sides];
    return { argv: ['/bin/sh', '-c', '"$@"; true', 'sh', launcher('rem-secrets'), ...args] };
  };
  const { ratio, a: whole } = compareCpu(call('whole.yaml'), call('half.yaml'), 3);
  const name = `${command}: ${what}`;
  return [
    [`${name}: 1 MB ÷ 0.5 MB, CPU`, ratio, 'ratio', 2.3],
    [`${name}: 1 MB, CPU`, whole, 'seconds', 3],
  ];
}
