import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  folderOf,
  lastingFolder,
  output,
  type Ran,
  remSecrets,
  remSecretsFn,
  root,
  run,
} from '../../machine.ts';
import { repositoryOf } from '../../review/repository.ts';
import { remainsIn, treeIn } from '../../soak/tree.ts';
import { specOf } from '../../spec-text.ts';

/** Outside of this repository, which all would read. */
const manifests = join(lastingFolder(), 'ok.yaml');
beforeAll(() => copyFileSync(join(root, 'test/lint/rules/unknown-secret/ok.yaml'), manifests));

const spec = specOf(`
namespace: shop
workloads:
  web: { image: "example/web:1", port: 80 }
environments: { dev: {}, prod: { workloads: { web: { replicas: 3 } } } }`);

/** Runs a line of shell in a folder; in it, `rs` is the command line and `fn` the function. */
function sh(cwd: string, line: string, options: { readonly uid?: number } = {}): Ran {
  const script = `rs() { '${remSecrets}' "$@"; }; fn() { '${remSecretsFn}'; }; ${line}`;
  return run('sh', ['-c', script], { cwd, ...options });
}

const repository = (): string => folderOf({ 'rem-secrets.yaml': spec });

function expectRefusal({ status, stderr }: Ran, line: string): void {
  expect({ status, line: stderr.trimEnd().split('\n').at(-1) }).toEqual({ status: 2, line });
  expect(stderr).not.toMatch(/bug|^ +at /m);
}

const commands = [
  'rs --help',
  'rs --version',
  'rs environments',
  'rs render dev',
  'rs expand --check',
  'rs completion bash',
  'rs --format json render nowhere',
  `rs lint ${manifests}`,
  'rs lint --explain unknown-secret',
  `rs validate ${manifests}`,
  `rs graph ${manifests}`,
  `rs diff --base ${manifests} --head ${manifests}`,
  'rs diff --explain storage-shrunk',
];

test.for(commands)('%s >/dev/full', command => {
  expectRefusal(
    sh(repository(), `${command} >/dev/full`),
    'rem-secrets: cannot write to stdout: no space left on device',
  );
});

/** What was there before the program is seen to by what starts it, whatever the command. */
test.for(['rs --help >&-', 'rs render dev 1</dev/null', `rs -o sarif lint ${manifests} >&-`])(
  '%s',
  line => {
    const told = 'rem-secrets: cannot write to stdout: bad file descriptor';
    expectRefusal(sh(repository(), line), told);
  },
);

test.for([
  ['>/dev/full', 'no space left on device'],
  ['>&-', 'bad file descriptor'],
])('the function with %s', ([redirection, reason]) => {
  const ran = sh(repository(), `echo '{ kind: ResourceList }' | fn ${redirection}`);
  expectRefusal(ran, `rem-secrets-fn: cannot write to stdout: ${reason}`);
});

test.for([
  ['rs lint - </', 'rem-secrets: cannot read stdin: illegal operation on a directory'],
  ['rs lint - <&-', 'rem-secrets: cannot read stdin: bad file descriptor'],
  ['rs lint - 0>/dev/null', 'rem-secrets: cannot read stdin: bad file descriptor'],
  ['rs validate - </', 'rem-secrets: cannot read stdin: illegal operation on a directory'],
  ['rs graph - <&-', 'rem-secrets: cannot read stdin: bad file descriptor'],
  ['fn </', 'rem-secrets-fn: cannot read stdin: illegal operation on a directory'],
  ['fn <&-', 'rem-secrets-fn: cannot read stdin: bad file descriptor'],
  ['fn 0>/dev/null', 'rem-secrets-fn: cannot read stdin: bad file descriptor'],
] as const)('%s', ([line, told]) => {
  const ran = sh(repository(), line);
  expectRefusal(ran, told);
  expect(ran.stdout).toBe('');
});

test('stderr that takes nothing changes no exit code and no result', () => {
  const folder = repository();
  expect(sh(folder, 'rs render dev 2>/dev/full')).toEqual(sh(folder, 'rs render dev'));
  expect(sh(folder, 'rs render nowhere 2>/dev/full').status).toBe(1);
  expect(sh(folder, 'rs render 2>&- --bogus').status).toBe(2);
  expect(sh(folder, 'rs render dev >/dev/full 2>/dev/full').status).toBe(2);
  expect(sh(folder, 'rs expand <&- >&- 2>&-').status).toBe(0);
});

test('a reader that has seen enough is no error', () => {
  const ran = sh(repository(), '{ rs render dev; echo $? >&2; } | head -c 9');
  expect(ran).toEqual({ status: 0, stdout: 'apiVersio', stderr: '0\n' });
});

/** Another process that shares a pipe can have it not wait, as Node does with its own stdio. */
describe('a pipe that does not wait', () => {
  const share = (stream: string): string =>
    `process.${stream}; fs.writeFileSync("shared", ""); setInterval(() => {}, 1000)`;
  const sharing = (stream: string, line: string): string =>
    `'${process.execPath}' -e '${share(stream)}' & until [ -e shared ]; do sleep 0.1; done; ${line}; status=$?; kill $!; (exit $status);`;

  test('is waited for until there is something to read', () => {
    const line = `{ sleep 2; cat ${manifests}; } | { ${sharing('stdin', 'rs lint -')} }`;
    expect(sh(repository(), line)).toEqual(sh(repository(), `rs lint - <${manifests}`));
  });

  test('is waited for until there is room, and nothing is lost or overtaken', () => {
    const large = 'x'.repeat(1_000_000);
    const folder = folderOf({
      'rem-secrets.yaml': spec.replace('port: 80', `env: { A: ${large} }`),
    });
    const line = `{ ${sharing('stdout', 'rs render dev')} } | { sleep 2; cat; }`;
    const { status, stdout, stderr } = sh(folder, line);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(sh(folder, 'rs render dev').stdout);
    expect(stdout.length).toBeGreaterThan(1_000_000);
  });
});

test.for([false, true])('a file that would be too large leaves a tree as it is: %s', isThere => {
  const folder = repository();
  if (isThere) sh(folder, 'rs expand');
  const before = treeIn(folder);
  writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace('web:1', 'web:2'));
  for (const [blocks, place] of [
    [0, '.rem-secrets-writing'],
    [1, 'base/deployment-web.yaml'],
  ]) {
    const ran = sh(folder, `ulimit -f ${blocks}; rs expand`);
    expectRefusal(ran, `rem-secrets: cannot write ${place}: file too large`);
    expect(treeIn(folder)).toBe(before);
    expect(remainsIn(folder)).toEqual([]);
  }
  expect(sh(folder, 'rs expand')).toMatchObject({ status: 0 });
});

/** As somebody without rights: root has all, and so runs it as nobody. */
describe('without the right', () => {
  const nobody = process.getuid?.() === 0 ? { uid: 65534 } : {};

  /** A folder that belongs to who runs it, with what `expand` made. */
  function own(): string {
    const folder = repository();
    sh(folder, 'rs expand');
    if (nobody.uid !== undefined) output('chown', ['-R', String(nobody.uid), folder]);
    expect(sh(folder, 'rs expand --check', nobody)).toMatchObject({ status: 0, stderr: '' });
    return folder;
  }

  test.for<[what: string, path: string, mode: number, command: string, told: string]>([
    ['the spec', 'rem-secrets.yaml', 0, 'rs render dev', 'rem-secrets.yaml'],
    ['a generated file', 'base/kustomization.yaml', 0, 'rs expand', 'base/kustomization.yaml'],
    ['a folder', 'base', 0, 'rs expand', 'base'],
    ['the folder beside', '.', 0o555, 'rs expand', '.rem-secrets-writing'],
    ['a folder to write in', 'base', 0o555, 'rs expand', 'base/deployment-web.yaml'],
  ])('%s', ([, path, mode, command, told]) => {
    const folder = own();
    const before = treeIn(folder);
    writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace('web:1', 'web:2'));
    chmodSync(join(folder, path), mode);
    const { status, stderr } = sh(folder, command, nobody);
    chmodSync(join(folder, path), 0o755);
    expect(stderr).toMatch(/^rem-secrets: .*permission denied.*\n$/i);
    expect(stderr).toContain(told);
    expect(status).toBe(2);
    expect(treeIn(folder)).toBe(before);
  });

  test('a manifest is a finding, as others are read all the same', () => {
    const folder = own();
    chmodSync(join(folder, 'base/namespace-shop.yaml'), 0);
    const { status, stdout } = sh(folder, 'rs lint base/namespace-shop.yaml', nobody);
    expect(stdout).toContain('error: the file cannot be read: permission denied [unreadable]');
    expect(status).toBe(1);
  });
});

test('a working directory that is gone is one line', () => {
  const ran = sh(repository(), 'mkdir gone; cd gone; rmdir ../gone; rs lint 2>&1 | tail -n 1 >&2');
  expect(ran.stderr.trimEnd().split('\n').at(-1)).toBe(
    'rem-secrets: cannot read the working directory: no such file or directory',
  );
});

test('no folder for temporary files is one line', () => {
  const ran = sh(repositoryOf({ 'rem-secrets.yaml': spec }), 'TMPDIR=/nowhere rs diff');
  expectRefusal(ran, 'rem-secrets: cannot read /nowhere: no such file or directory');
});

test('too few open files is one line', () => {
  // So many builds run beside each other.
  const folder = folderOf(
    ['a', 'b', 'c', 'd', 'e', 'f'].flatMap(name => [
      [`${name}/kustomization.yaml`, `namePrefix: ${name}-\nresources: [a.yaml]\n`],
      [`${name}/a.yaml`, 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'],
    ]),
  );
  for (const count of [20, 22, 24]) {
    const { status, stderr } = sh(folder, `ulimit -n ${count}; rs lint .`);
    expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 2, lines: 2 });
    expect(stderr).toMatch(/^rem-secrets: cannot .*too many open files.*\n$/);
  }
});
