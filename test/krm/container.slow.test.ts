import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { web } from '../lint/shop.ts';
import { lastingFolder, output, type Ran, root, run } from '../machine.ts';
import { call, faultySpec, lintListOf, listOf, shopSpec } from './calls.ts';

/**
 * What a Dockerfile says. Tests have no Docker: they lay out the files that it copies, run what it
 * runs, and its entry point as kustomize runs a container, as nobody and without a network.
 */
interface Image {
  readonly copies: readonly { readonly from: readonly string[]; readonly to: string }[];
  readonly workdir: string;
  readonly runs: readonly string[];
  readonly user: string;
  readonly entrypoint: readonly string[];
}

const image = imageOf(readFileSync(join(root, 'Dockerfile'), 'utf8'));

function imageOf(dockerfile: string): Image {
  const lines = dockerfile
    .replaceAll('\\\n', '')
    .split('\n')
    .filter(line => /^[A-Z]/.test(line));
  const values = (word: string): string[] =>
    lines
      .filter(line => line.startsWith(`${word} `))
      .map(line => line.slice(word.length + 1).trim());
  return {
    copies: values('COPY').map(value => {
      const words = value.split(/\s+/);
      return { from: words.slice(0, -1), to: words.at(-1) ?? '' };
    }),
    workdir: values('WORKDIR').at(-1) ?? '/',
    runs: values('RUN'),
    user: values('USER').at(-1) ?? 'root',
    entrypoint: JSON.parse(values('ENTRYPOINT').at(-1) ?? '[]'),
  };
}

/** The image's root, for all that runs in it: nobody may write there. */
const layout = lastingFolder();
beforeAll(() => layOut(layout, image));

/** Makes a folder the image's root: COPY puts a folder's contents, and a file into a folder. */
function layOut(folder: string, { copies, runs, workdir }: Image): void {
  for (const { from, to } of copies)
    for (const source of from) {
      const isFolder = statSync(join(root, source)).isDirectory();
      const target = join(folder, workdir, to, isFolder ? '' : (source.split('/').at(-1) ?? ''));
      cpSync(join(root, source), target, { recursive: true });
    }
  output('chmod', ['-R', 'a+rX,go-w', folder]);
  const env = { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
  for (const command of runs) output('sh', ['-c', command], { cwd: join(folder, workdir), env });
}

function runContainer(input: string): Ran {
  const [, ...args] = image.entrypoint.map(word =>
    word.startsWith('/') ? join(layout, word) : word,
  );
  const node = [process.execPath, ...args];
  return run('unshare', [...isolation(), ...node], { cwd: layout, input, env: {} });
}

/** No network, and nobody; whoever is not root becomes nobody by having no name of his own. */
function isolation(): string[] {
  if (process.getuid?.() !== 0) return ['--user', '--net'];
  const user = [`--reuid=${image.user}`, '--regid=nogroup', '--clear-groups'];
  return ['--net', 'setpriv', ...user, '--no-new-privs'];
}

test('this machine can isolate a program', () => {
  for (const program of ['unshare', 'setpriv']) {
    const found = run('sh', ['-c', `command -v ${program}`]).status === 0;
    expect(found, `${program} is missing; install util-linux`).toBe(true);
  }
  const script = 'id -u; cat /proc/net/dev | wc -l';
  const { stdout } = run('unshare', [...isolation(), 'sh', '-c', script]);
  expect(stdout.split('\n'), 'nobody, and no device but lo').toEqual(['65534', '3', '']);
});

test('the Dockerfile is one that kustomize can run', () => {
  expect(image.user).toBe('nobody');
  expect(image.entrypoint[0]).toBe('node');
  expect(image.entrypoint[1]).toMatch(/^\/rem-secrets\/dist\//);
});

test('the container gives the same bytes as the launcher', () =>
  expect(runContainer(listOf(shopSpec))).toEqual(call(listOf(shopSpec))));

test('its files are all that it needs, the validators of kinds too', () => {
  const patch = '    patch: { Deployment: { spec: { replicsa: 3 } } }\n';
  const cases = [
    { spec: faultySpec, word: '"pasword"' },
    { spec: shopSpec.replace('    env:\n', `${patch}$&`), word: '"replicsa"' },
  ];
  for (const { spec, word } of cases) {
    const ran = runContainer(listOf(spec));
    expect(ran.stderr).toContain(word);
    expect(ran).toEqual(call(listOf(spec)));
  }
});

test('it starts from the code that was compiled in the image, and keeps none', () => {
  const compiled = join(layout, image.workdir, 'dist/compiled');
  const inImage = readdirSync(compiled).sort();
  expect(inImage.join('\n')).toMatch(
    /^bundle-lint-list\..*\nbundle-rem-secrets-fn\..*\nvalidators-/s,
  );
  expect(runContainer(listOf(shopSpec))).toEqual(call(listOf(shopSpec)));
  expect(readdirSync(compiled).sort()).toEqual(inImage);
});

test('it lints too', () => {
  const ran = runContainer(lintListOf('{}', web));
  expect(ran.stderr).toContain('nothing makes the Secret "web-keys"');
  expect(ran).toEqual(call(lintListOf('{}', web)));
});

test('it injects too', () => {
  const spec = '{ workloads: { web: { target: { kind: Deployment }, envFrom: [more] } } }';
  const list = lintListOf(spec, web).replace('kind: RemSecretsLint', 'kind: RemSecretsInjection');
  const ran = runContainer(list);
  expect(ran.stdout).toContain('"secretRef":{"name":"more"}');
  expect(ran).toEqual(call(list));
});

test('.dockerignore lets through what the Dockerfile copies, and nothing else', () => {
  const ignore = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
  const kept = ignore.filter(line => line.startsWith('!')).map(line => line.slice(1));
  const copied = image.copies.flatMap(({ from }) => from).map(path => path.replace(/\/$/, ''));
  expect(ignore).toContain('*');
  expect(kept.sort()).toEqual(copied.sort());
});
