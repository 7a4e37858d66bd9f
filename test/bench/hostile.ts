import { join } from 'node:path';
import { compare, cpuOf, launcher, type Row } from './measure.ts';
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
};

/** Twice the text takes twice the time, by lint and by diff, and a megabyte ends soon. */
export function hostile(): Row[] {
  return Object.entries(SHAPES).flatMap(([what, shape]) =>
    withFolder(
      { 'half.yaml': shape(HALF), 'whole.yaml': shape(2 * HALF), 'none.yaml': '' },
      folder => (['lint', 'diff'] as const).flatMap(command => rowsOf(what, folder, command)),
    ),
  );
}

function rowsOf(what: string, folder: string, command: 'lint' | 'diff'): Row[] {
  const cpu = (file: string) => (): number => {
    const args =
      command === 'lint'
        ? ['lint', join(folder, file)]
        : [
            'diff',
            '--base',
            `path:${join(folder, 'none.yaml')}`,
            '--head',
            `path:${join(folder, file)}`,
          ];
    return cpuOf({ argv: ['/bin/sh', '-c', '"$@"; true', 'sh', launcher('rem-secrets'), ...args] });
  };
  const { ratio, a: whole } = compare(cpu('whole.yaml'), cpu('half.yaml'), 3);
  const name = `${command}: ${what}`;
  return [
    { id: 'g', what: `${name}: 1 MB ÷ 0.5 MB, CPU`, value: ratio, unit: 'ratio', target: 2.3 },
    { id: 'g', what: `${name}: 1 MB, CPU`, value: whole, unit: 'seconds', target: 3 },
  ];
}
