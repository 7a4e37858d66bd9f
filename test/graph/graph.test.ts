import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { graphFormats } from '../../generator/graph-command/command.ts';
import { alone, folderOf, type Ran, root, runMain } from '../machine.ts';

const cases = join(root, 'test/graph');
const files: Readonly<Record<string, string>> = {
  table: 'table.txt',
  json: 'flow.json',
  mermaid: 'flow.mmd',
  dot: 'flow.dot',
  svg: 'flow.svg',
  html: 'flow.html',
};

/** The file that shows a case in a format. */
function fileOf(name: string, format: string): string {
  return join(cases, name, files[format] ?? format);
}

/** Runs `rem-secrets graph` in a folder. */
async function graph(folder: string, ...args: readonly string[]): Promise<Ran> {
  return runMain(folder, ['graph', ...args]);
}

/** What it shows of a case. */
function graphOf(name: string, format: string): Promise<Ran> {
  return graph(alone(join(cases, name, 'manifests.yaml')), '-o', format, 'manifests.yaml');
}

function manifestsOf(name: string): string {
  return readFileSync(join(cases, name, 'manifests.yaml'), 'utf8');
}

const names = readdirSync(cases, { withFileTypes: true }).flatMap(entry =>
  entry.isDirectory() ? entry.name : [],
);
const all = names.flatMap(name => Object.keys(graphFormats).map(format => [name, format] as const));

test.for(all)('%s as %s', async ([name, format]) => {
  const shown = await graphOf(name, format);
  expect(shown).toMatchObject({ status: 0, stderr: '' });
  await expect(shown.stdout).toMatchFileSnapshot(fileOf(name, format));
});

test.for(all)('the order of documents does not change %s as %s', async ([name, format]) => {
  const reversed = manifestsOf(name).split('---\n').reverse().join('\n---\n');
  const folder = folderOf([['manifests.yaml', reversed]]);
  const { stdout } = await graph(folder, '--output', format, 'manifests.yaml');
  expect(stdout).toBe(readFileSync(fileOf(name, format), 'utf8'));
});

test.for(Object.keys(graphFormats))(
  'no value and no control character is shown as %s',
  async format => {
    for (const name of names) {
      const { stdout } = await graphOf(name, format);
      for (const value of ['hunter2-in-plain', 'c2VjcmV0LWNvbnRlbnQ', 'ghp_', '\u001b'])
        expect(stdout).not.toContain(value);
    }
  },
);

test('an image is well-formed, runs nothing and loads nothing', async () => {
  for (const name of names) {
    const { stdout } = await graphOf(name, 'svg');
    expect(stdout).not.toMatch(/<script|<foreignObject|href|@import|\son\w+=/i);
    expect(stdout.match(/url\([^)]*\)/g) ?? []).toSatisfy((urls: string[]) =>
      urls.every(url => /^url\(#(good|bad)\)$/.test(url)),
    );
    expect(stdout.match(/https?:[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(openElements(stdout)).toEqual([]);
  }
});

/** What is left open in a text of tags; also an end tag that nothing began. */
function openElements(xml: string): string[] {
  const open: string[] = [];
  for (const [, end, name = '', empty] of xml.matchAll(
    /<(\/?)([\w]+)(?:\s[\w-]+="[^"<]*")*(\/?)>/g,
  )) {
    if (end === '/' && open.at(-1) === name) open.pop();
    else if (end === '/' || empty === '') open.push(name);
  }
  expect(xml.replaceAll(/<\/?\w+(?:\s[\w-]+="[^"<]*")*\/?>/g, '')).not.toMatch(/</);
  return open;
}

test('lines of a Mermaid chart are of known forms', async () => {
  const id = '(?:e\\d+)?n\\d+';
  const text = '"[^"\\[\\]{}|`%;]*(?:#\\d+;[^"\\[\\]{}|`%;]*)*"';
  const line = new RegExp(
    `^ *(${id}[[(]{1,2}${text}[\\])]{1,2}(:::\\w+)?|${id} -\\.?->(\\|${text}\\|)? ${id}|${id} -->(\\|${text}\\|)? ${id}|classDef \\w+ .*)$`,
  );
  for (const name of names) {
    const { stdout } = await graphOf(name, 'mermaid');
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toBe('flowchart LR');
    for (const own of lines) expect(own).toMatch(line);
  }
});

test('without a path: the overlays of the spec, or one of them', async () => {
  const every = JSON.parse((await graph(root, '--output', 'json')).stdout);
  expect(every.flows.map((flow: { name: string }) => flow.name)).toEqual([
    'dev',
    'prod',
    'staging',
    'shared',
  ]);
  const prod = JSON.parse((await graph(root, '--environment', 'prod', '--output', 'json')).stdout);
  expect(prod.flows).toEqual([every.flows[1]]);
  const states = prod.flows[0].secrets.map((secret: { state: string }) => secret.state);
  expect(states).not.toContain('missing');
  expect(await graph(root, '--environment', 'pord')).toMatchObject({ status: 1, stdout: '' });
  expect((await graph(root, '--environment', 'pord')).stderr).toContain('Did you mean "prod"?');
});

test('what cannot be read is said, and the rest is shown', async () => {
  const folder = folderOf([
    ['a.yaml', 'apiVersion: ['],
    ['b.yaml', manifestsOf('every-kind')],
  ]);
  const { status, stdout, stderr } = await graph(folder, '.');
  expect(status).toBe(1);
  expect(stdout).toContain('shop/api-keys');
  expect(stderr).toContain('a.yaml:1');
});

test('nothing to show is said', async () => {
  const folder = folderOf([['empty.yaml', '# nothing\n']]);
  expect((await graph(folder, 'empty.yaml')).stdout).toContain('no Secret');
  for (const format of Object.keys(graphFormats))
    expect((await graph(folder, '--output', format, 'empty.yaml')).status).toBe(0);
});

test('an image of 1,000 Secrets takes seconds', async () => {
  const secrets = Array.from({ length: 1000 }, (_, index) => [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: `s${index}` }, data: { a: '' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}` },
      spec: { containers: [{ name: 'a', envFrom: [{ secretRef: { name: `s${index}` } }] }] },
    },
  ]).flat();
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: secrets });
  const folder = folderOf([['list.json', list]]);
  expect((await graph(folder, '--output', 'svg', 'list.json')).stdout).toContain('>s999<');
});
