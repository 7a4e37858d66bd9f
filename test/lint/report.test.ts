import { expect, test } from 'vitest';
import { riskRules } from '../../generator/diff/risk-rules.ts';
import { unusedAcceptance } from '../../generator/lint/accept.ts';
import { rules } from '../../generator/lint/rules.ts';
import { exits, folderOf, type Ran, readText, root, runMain } from '../machine.ts';
import { keys, store, stream, web } from './shop.ts';

/** Manifests without a finding, with a warning, and with an error. */
const right = stream(store, keys, web);
const warned = stream(store, keys, web.replace(/ {2}annotations:\n.*\n/, ''));
const wrong = stream(store, web);

async function lint(manifests: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folderOf([['a/shop.yaml', manifests]]), ['lint', ...args, 'a/shop.yaml']);
}

const formats: readonly (readonly [format: string, found: RegExp, none: RegExp])[] = [
  ['text', /^a\/shop\.yaml:23:50: error: .* \[unknown-secret\]$/m, /^no findings in 3 objects\n$/],
  ['json', /"rule": "unknown-secret"/, /"findings": \[\]/],
  ['sarif', /"uri": "a\/shop\.yaml"/, /"results": \[\]/],
  ['github', /^::error file=a\/shop\.yaml,line=23,col=50,title=unknown-secret::/m, /^no findings/],
  ['junit', /<testsuites .* failures="1"/, /<testsuites .* failures="0"/],
];

test.for(formats)('%s goes to stdout, and changes no exit code', async ([format, found, none]) => {
  const shown = await lint(wrong, '--format', format);
  expect(shown).toMatchObject({ status: 1, stderr: '' });
  expect(shown.stdout).toMatch(found);
  const empty = await lint(right, '--format', format);
  expect(empty).toMatchObject({ status: 0, stderr: '' });
  expect(empty.stdout).toMatch(none);
  expect(empty.stdout).not.toMatch(found);
});

test.for(formats)('what fails the run with %s is what --fail-on says', async ([format]) => {
  const flags = ['--format', format, '--fail-on'];
  expect((await lint(warned, '--format', format)).status).toBe(0);
  expect((await lint(warned, ...flags, 'warning')).status).toBe(1);
  expect((await lint(right, ...flags, 'warning')).status).toBe(0);
  expect((await lint(wrong, ...flags, 'error')).status).toBe(1);
});

test.for<[config: string, flags: string[], status: number]>([
  ['failOn: warning', [], 1],
  ['failOn: error', [], 0],
  ['failOn: warning', ['--fail-on', 'error'], 0],
  ['failOn: error', ['--fail-on', 'warning'], 1],
])('a warning with config %j and flags %j exits with %i', async ([config, flags, status]) => {
  const folder = folderOf({ 'shop.yaml': warned, '.rem-secrets-lint.yaml': config });
  const ran = exits(status, await runMain(folder, ['lint', ...flags, 'shop.yaml']));
  expect(ran.stdout).toMatch(/\n1 warning in 3 objects\n$/);
});

test.for([
  [10, /^a\/shop\.yaml:/],
  [11, /^11 errors in 11 objects\n\n/],
] as const)('above %i findings their count stands: %o', async ([count, begin]) => {
  const webs = Array.from({ length: count }, (_, index) =>
    web.replace('name: web\n', `name: web-${index}\n`).replace('web-keys', `keys-${index}`),
  );
  expect((await lint(stream(...webs))).stdout).toMatch(begin);
});

test.for([
  ['--format', 'xml'],
  ['--fail-on', 'never'],
])('%s %s is wrong usage', async flags => {
  const { status, stdout, stderr } = await lint(right, ...flags);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/Allowed choices are .*error|text, json, sarif, github, junit/);
});

test('--explain prints the page of each rule, with links from the root', async () => {
  for (const { id } of [...rules, unusedAcceptance]) {
    const folder = id === unusedAcceptance.id ? 'lint' : 'lint/rules';
    const text = readText(root, 'generator', folder, `${id}.md`);
    const page = text.replaceAll('](../../../docs/', '](docs/');
    expect(await runMain('/', ['lint', '--explain', id])).toEqual({
      status: 0,
      stdout: page,
      stderr: '',
    });
  }
});

test.for([
  ['unknown-secrt', ' Did you mean "unknown-secret"?'],
  ['toString', ''],
])('--explain %s is wrong usage, and says what there is', async ([rule = '', hint]) => {
  const { status, stdout, stderr } = await runMain('/', ['lint', '--explain', rule]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  const count = rules.length + 1 + riskRules.length;
  expect(stderr).toBe(
    `rem-secrets: there is no rule "${rule}". There are ${count} rules.${hint}\n`,
  );
});
