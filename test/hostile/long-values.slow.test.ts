import { expect, test } from 'vitest';
import { guarded } from '../../generator/shell/run-main.ts';
import { parseStream } from '../../generator/yaml/parse.ts';
import { folderOf, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';

test('a value of ten million characters is read', async () => {
  const value = 'x'.repeat(10_000_000);
  const folder = folderOf({ 'long.yaml': configMap('long', `{ a: '${value}' }`) });
  const { status, stdout } = await runMain(folder, 'lint long.yaml');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'no findings in 1 object\n' });
});

function setOf(isGo: boolean, element: object, name: string): string {
  const value = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'long', namespace: 'argocd' },
    spec: {
      goTemplate: isGo,
      generators: [{ list: { elements: [element] } }],
      template: {
        metadata: { name },
        spec: { project: 'default', destination: {}, source: { repoURL: 'a', path: name } },
      },
    },
  };
  return JSON.stringify(value);
}

const million = 'a'.repeat(1_000_000);

/** What is filled in would be longer than any text of V8. */
const FILLED: Readonly<Record<string, readonly (readonly [file: string, text: string])[]>> = {
  "a template of Go's": [
    ['a.yaml', setOf(true, { a: million }, '{{ replace "a" .a .a }}')],
    ['b.yaml', setOf(true, { a: million }, '{{ .a }}'.repeat(600))],
    ['c.yaml', setOf(true, { a: million }, '{{ .a | quote }} {{ foo }}'.repeat(600))],
    [
      'd.yaml',
      setOf(true, { a: million }, `{{ printf "${'%s'.repeat(1000)}" ${'.a '.repeat(1000)}}}`),
    ],
  ],
  'the old notation': [['a.yaml', setOf(false, { a: million }, '{{a}}'.repeat(600))]],
  'variables of Flux': [
    [
      'clusters/a.yaml',
      fluxKustomization('apps', 'apps', `postBuild: { substitute: { A: '${million}' } }`),
    ],
    ['apps/a.yaml', configMap('a', `{ a: '${`$\{A}`.repeat(600)}' }`)],
  ],
  'the name of a release': [
    [
      'a.yaml',
      `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: ${million}, namespace: shop }
spec:
  chart: { spec: { chart: app-template, sourceRef: { kind: HelmRepository, name: bjw-s } } }
  values: { a: '${'{{ .Release.Name }}'.repeat(600)}' }
`,
    ],
  ],
};

test.for(Object.keys(FILLED))('%s makes no text without end', async name => {
  const folder = folderOf(FILLED[name] ?? []);
  for (const args of [
    ['lint', '.'],
    ['graph', '.'],
    ['diff', '--base', '.', '--head', '.'],
  ]) {
    const { status, stderr } = await runMain(folder, args);
    expect([args, status, stderr.slice(0, 500)]).toEqual([
      args,
      expect.toBeOneOf([0, 1, 2]),
      expect.not.stringMatching('this is a bug|nested deeper'),
    ]);
  }
});

test('what is too long for V8 is wrong input', async () => {
  let told = '';
  const stderr = (text: string): void => {
    told += text;
  };
  const code = await guarded('rem-secrets', { cwd: '/', stderr }, () => 'a'.repeat(2 ** 30).length);
  expect({ code, told }).toEqual({
    code: 2,
    told: 'rem-secrets: the input is larger or nested deeper than can be read: Invalid string length\n',
  });
});

/** Each took time by the square of its length: a reader went back to the begin of the line for every tab. */
test.for([
  ['in a comment', `a: b #${'\t'.repeat(3_000_000)}\n`],
  ['in a value', `a: "x${'\ty'.repeat(3_000_000)}"\n`],
  ['in many values', `a: ["${'\t","'.repeat(300_000)}"]\n`],
  ['in a block', `a: |\n  x\n${'  \ty\n'.repeat(300_000)}`],
])('tabs %s are read', ([, text = '']) => expect(parseStream(text).faults).toEqual([]));
