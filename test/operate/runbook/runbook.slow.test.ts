import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { expect, test } from 'vitest';
import { root, run, runMain, yamlIn } from '../../machine.ts';
import { commandsIn, HELD, type Told, TYPED, tellOf } from './commands.ts';

const cases = join(root, 'test/operate/runbook/cases');
const environments = ['dev', 'staging', 'prod'];

async function ofCase(name: string, output = 'markdown'): Promise<string> {
  const { stdout, stderr } = await runMain(join(cases, name), ['runbook', 'in.yaml', '-o', output]);
  expect(stderr).toBe('');
  return stdout;
}

/** Every runbook that there is a case of, and the committed ones. */
const runbooks: readonly (readonly [name: string, markdown: string])[] = [
  ...(await Promise.all(readdirSync(cases).map(async name => [name, await ofCase(name)] as const))),
  ...environments.map(
    name => [name, readFileSync(join(root, 'runbook', `${name}.md`), 'utf8')] as const,
  ),
];

test.for(readdirSync(cases))('%s', async name => {
  await expect(await ofCase(name)).toMatchFileSnapshot(join(cases, name, 'expected/runbook.md'));
  await expect(await ofCase(name, 'html')).toMatchFileSnapshot(
    join(cases, name, 'expected/page.html'),
  );
});

/** `kubectl rollout restart`: the words before any that is a flag or a name. */
function doesOf([program = '', ...words]: readonly string[]): string {
  if (program === 'curl' || program === 'jq') return program;
  const verbs = words.filter(word => !word.startsWith('--'));
  const count = ['rollout', 'set', 'create', 'ssm', 'secretsmanager'].includes(verbs[0] ?? '')
    ? 2
    : 1;
  return [program, ...verbs.slice(0, count)].join(' ');
}

const known = new Map<string, Told>();

/** What a command does; many runbooks have the same. */
function told(command: string): Told {
  const found = known.get(command) ?? tellOf(command);
  known.set(command, found);
  return found;
}

test.for(runbooks)(
  'the commands of %s are parsed, run to their end and do nothing else',
  ([, markdown]) => {
    const commands = commandsIn(markdown);
    expect(commands.length).toBeGreaterThan(10);
    expect(run('bash', ['-n'], { input: commands.join('\n') })).toMatchObject({
      status: 0,
      stderr: '',
    });
    for (const command of commands) {
      const { status, calls, left } = told(command);
      expect({ command, status, left }).toEqual({ command, status: 0, left: [] });
      expect(calls.length).toBeGreaterThan(0);
      expect(calls.map(([program]) => program)).not.toContain('touch');
    }
  },
);

test.for(runbooks)(
  'no value is an argument in %s, and what is typed arrives whole',
  ([, markdown]) => {
    for (const command of commandsIn(markdown)) {
      const { calls, given } = told(command);
      const words = calls.flat().join('\n');
      for (const value of [...TYPED, HELD, 'a new key']) expect(words).not.toContain(value);
      expect({ command, given }).toEqual({ command, given: givenTo(command) });
    }
  },
);

/** What a command hands on otherwise than by arguments. */
function givenTo(command: string): string[] {
  if (command.startsWith('curl')) {
    const header = `Authorization: Bearer ${HELD}`;
    return command.includes(' | aws ') ? [header, 'a new key'] : [header];
  }
  const asked = TYPED.slice(0, command.match(/read -rsp/g)?.length ?? 0);
  return [...(command.includes('replace --filename=-') ? ['an object'] : []), ...asked].sort();
}

test.for(runbooks)('what %s names is in the manifests', async ([name, markdown]) => {
  const names = await namesOf(name);
  for (const command of commandsIn(markdown))
    for (const named of told(command).calls.flatMap(namedIn))
      expect(names.has(named), named).toBe(true);
});

test('the table has each command, and no other', () => {
  const commands = runbooks.flatMap(([, markdown]) => commandsIn(markdown));
  const all = commands.flatMap(command => told(command).calls.map(doesOf));
  expect([...new Set(all)].sort()).toEqual(
    Object.keys(yamlIn(import.meta.dirname, 'commands.yaml')),
  );
});

/** All texts of the manifests that a runbook is made from, with the prefixes of stores before keys. */
async function namesOf(name: string): Promise<Set<string>> {
  const text = environments.includes(name)
    ? `${(await runMain(root, ['render', name, '--output', 'yaml'])).stdout}---\n` +
      readFileSync(join(root, 'rem-secrets.yaml'), 'utf8')
    : readFileSync(join(cases, name, 'in.yaml'), 'utf8');
  const names = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') names.add(value).add(value.replace(/:.*/, ''));
    else if (typeof value === 'object' && value !== null)
      for (const [key, child] of Object.entries(value)) {
        names.add(key);
        add(child);
      }
  };
  for (const document of loadAll(text)) add(document);
  for (const made of [...names].filter(one => one !== '')) {
    names.add(`${made}-app`).add(`${made}-collector`);
  }
  return names;
}

/** The names among the words of a call: of flags, objects, and what is created. */
function namedIn([program, ...words]: readonly string[]): string[] {
  if (program === 'curl' || program === 'jq') return [];
  const created = words.filter((_, index) =>
    ['namespace', 'generic'].includes(words[index - 1] ?? ''),
  );
  const NAMED = [
    /^--(?:namespace|name|secret-id|region)=(.*)$/s,
    /^--from=secret\/(.*)$/s,
    /^--from-file=(.*)=[^=]*$/s,
    /^[a-z.]+\/(.*)$/s,
  ];
  return [...created, ...words.flatMap(word => NAMED.flatMap(form => form.exec(word)?.[1] ?? []))];
}

test('names from manifests make no element in Markdown, and none in HTML', async () => {
  const html = micromark(await ofCase('hostile'), {
    allowDangerousHtml: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const allowed = /^<\/?(?:h[1-3]|p|ul|li|code|pre|table|thead|tbody|tr|t[hd])$/;
  const tags = (text: string): string[] =>
    [...text.matchAll(/<\/?[a-z0-9!]+/gi)].map(([tag]) => tag.toLowerCase());
  expect(tags(html).filter(tag => !allowed.test(tag))).toEqual([]);
  const page = await ofCase('hostile', 'html');
  const body = page.slice(page.indexOf('<main>'));
  const onPage =
    /^<\/?(?:h[1-6]|p|ul|li|code|pre|table|thead|tbody|tr|t[hd]|main|section|div|body|html)$/;
  expect(tags(body).filter(tag => !onPage.test(tag))).toEqual([]);
});

test('a name in a log is no command of a CI server', async () => {
  expect(await ofCase('hostile')).not.toMatch(/##\[|^::/m);
});
