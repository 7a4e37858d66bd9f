import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { folderOf, output, remSecrets, runMain } from '../../machine.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: b }\n';

/** Nine names that each stand for nine of the names before: 0.5 KB, and 9^8 values. */
const aliases = Array.from({ length: 8 }, (_, level) => {
  return `x${level + 1}: &x${level + 1} { ${Array.from({ length: 9 }, (_, index) => `k${index}: *x${level}`).join(', ')} }\n`;
});

const patched = (operations: readonly string[], more = ''): Record<string, string> => ({
  'kustomization.yaml':
    'resources: [a.yaml]\npatches: [{ path: p.yaml, target: { kind: ConfigMap } }]\n',
  'a.yaml': configMap + more,
  'p.yaml': operations.map(operation => `- { ${operation} }\n`).join(''),
});

/** Bases of which each names the two of the next level: 2^levels ways lead to the last two. */
function doubled(levels: number): Record<string, string> {
  const files: [string, string][] = [['kustomization.yaml', 'resources: [l1a, l1b]\n']];
  for (let level = 1; level <= levels; level += 1)
    for (const side of ['a', 'b']) {
      const next = level === levels ? 'a.yaml' : `../l${level + 1}a, ../l${level + 1}b`;
      const text = `nameSuffix: -${side}\nresources: [${next}]\n`;
      files.push([`l${level}${side}/kustomization.yaml`, text]);
    }
  for (const side of ['a', 'b']) files.push([`l${levels}${side}/a.yaml`, configMap]);
  return Object.fromEntries(files);
}

const numbers = [...Array(32).keys()];

const BOMBS: readonly (readonly [what: string, files: Record<string, string>, said: RegExp])[] = [
  [
    'aliases of aliases in a resource beside namePrefix',
    {
      'kustomization.yaml': 'namePrefix: a-\nresources: [a.yaml]\n',
      'a.yaml': `${configMap}x0: &x0 { a: b }\n${aliases.join('')}`,
    },
    /^a\.yaml:\d+:\d+: error: kustomize cannot build it: with its aliases written out the file has more than/,
  ],
  [
    'aliases of aliases in a patch that stands in the kustomization',
    {
      'kustomization.yaml': `resources: [a.yaml]\npatches:\n- patch: |\n${`${configMap}x0: &x0 { a: b }\n${aliases.join('')}`.replaceAll(/^/gm, '    ')}`,
      'a.yaml': configMap,
    },
    /^kustomization\.yaml:4:5: error: kustomize cannot build it: with its aliases written out/,
  ],
  [
    'copies of data into itself',
    patched(numbers.map(number => `op: copy, from: /data, path: /data/k${number}`)),
    /^p\.yaml:1:3: error: kustomize cannot build it: a JSON patch copies a value into itself/m,
  ],
  [
    'copies of all into a part of it',
    patched(numbers.map(number => `op: copy, from: "", path: /data/k${number}`)),
    /a JSON patch copies a value into itself/,
  ],
  [
    '45 files that double their bases 22 deep',
    doubled(22),
    /^kustomization\.yaml:1:1: error: kustomize cannot build it: it would read its bases more than 10000 times/,
  ],
];

test.for(BOMBS)('kustomize never sees %s', async ([, files, said]) => {
  const folder = folderOf(files);
  let started = 0;
  const ran = await runMain(folder, 'lint .', '', host => ({
    ...host,
    run: (...args) => {
      started += 1;
      return host.run(...args);
    },
  }));
  expect(ran).toMatchObject({ status: 1, stdout: expect.stringMatching(said) });
  expect(started).toBe(0);
});

test('copies of a part beside it, aliases of some values and bases of two parents are built', async () => {
  const anchor = 'metadata: { name: b }\nx: &x { a: b }\nz: { a: *x, b: *x }\n';
  const folder = folderOf({
    ...patched(['op: copy, from: /data/a, path: /data/aa', 'op: copy, from: /data, path: /d']),
    ...doubled(4),
    'app/b.yaml': `apiVersion: v1\nkind: ConfigMap\n${anchor}`,
    'app/kustomization.yaml': 'namePrefix: a-\nresources: [b.yaml]\n',
  });
  expect((await runMain(folder, 'lint .')).stdout).not.toContain('cannot build');
});

/** Two values that are copied into each other: nothing that a look at one operation shows. */
const hidden = patched(
  numbers.flatMap(number => [
    `op: copy, from: /data, path: /spec/k${number}`,
    `op: copy, from: /spec, path: /data/k${number}`,
  ]),
  'spec: { a: b }\n',
);

function lintHidden(...flags: readonly string[]): ChildProcessWithoutNullStreams {
  const folder = folderOf({ ...hidden, '.git/HEAD': '' });
  return spawn(remSecrets, [...flags, 'lint', '.', '--no-cache'], { cwd: folder });
}

/** The groups of processes that a process has started, other than its own. */
function groupsBelow(pid: number): Set<number> {
  const table = processes();
  const below = new Set([pid]);
  // A process is listed after the one that has started it, but where numbers begin again.
  for (const process of [...table, ...table]) if (below.has(process.above)) below.add(process.pid);
  const own = table.find(process => process.pid === pid)?.group;
  const groups = table.filter(process => below.has(process.pid)).map(({ group }) => group);
  return new Set(groups.filter(group => group !== own));
}

interface Process {
  readonly pid: number;
  readonly above: number;
  readonly group: number;
  readonly program: string;
}

function processes(): Process[] {
  const lines = output('ps', ['-A', '-o', 'pid=,ppid=,pgid=,comm=']).trim().split('\n');
  return lines.map(line => {
    const [pid, above, group, program = ''] = line.trim().split(/\s+/);
    return { pid: Number(pid), above: Number(above), group: Number(group), program };
  });
}

/** Waits until a process runs kustomize; gives all groups that it has started by then. */
async function startedGroups(child: ChildProcess): Promise<Set<number>> {
  const { pid = 0 } = child;
  let groups = new Set<number>();
  const isBuilding = (): boolean => {
    groups = groupsBelow(pid);
    // First one that stays (kustomize-builder), then kustomize itself.
    return processes().some(
      ({ group, program }) => groups.has(group) && program.startsWith('kustomize'),
    );
  };
  const isOver = (): boolean => isBuilding() || child.exitCode !== null;
  await expect.poll(isOver, { timeout: 600_000, interval: 20 }).toBe(true);
  return groups;
}

async function expectGone(groups: ReadonlySet<number>): Promise<void> {
  expect(groups.size).toBeGreaterThan(0);
  const left = (): Process[] => processes().filter(({ group }) => groups.has(group));
  await expect.poll(left, { timeout: 600_000, interval: 100 }).toEqual([]);
}

test('what is not seen before ends at a limit, as a fault of the unit, and leaves no process', async () => {
  const child = lintHidden('--limits', 'memory=1GB');
  const ended = new Promise(resolve => child.on('close', resolve));
  let stdout = '';
  child.stdout.on('data', text => (stdout += text));
  const groups = await startedGroups(child);
  expect(await ended).toBe(1);
  expect(stdout).toContain(
    'kustomization.yaml:1:1: error: kustomize cannot build it: it took more than 1 GB of memory [unreadable]\n  hint: --limits gives it more',
  );
  await expectGone(groups);
});

function pod(name: string): Record<string, string> {
  const envFrom = `[{ secretRef: { name: of-${name} } }]`;
  return {
    [`${name}/kustomization.yaml`]: 'namePrefix: a-\nresources: [pod.yaml]\n',
    [`${name}/pod.yaml`]: `apiVersion: v1\nkind: Pod\nmetadata: { name: ${name} }\nspec: { containers: [{ name: a, image: a, envFrom: ${envFrom} }] }\n`,
  };
}

test('a bomb is the fault of its unit alone: those before and after it are built', async () => {
  const bomb = Object.entries(hidden).map(([path, text]) => [`c/${path}`, text] as const);
  const pods = ['a', 'b', 'd', 'e'].flatMap(name => Object.entries(pod(name)));
  const folder = folderOf([...pods, ...bomb]);
  const { stdout } = await runMain(folder, '--limits memory=1GB lint . --no-cache');
  const said = stdout.split('\n').filter(line => line.includes(': error: '));
  expect(said.map(line => line.replace(/:\d.* (?=".*"|than )/, ' '))).toEqual([
    'a/pod.yaml "of-a" [unknown-secret]',
    'b/pod.yaml "of-b" [unknown-secret]',
    'c/kustomization.yaml than 1 GB of memory [unreadable]',
    'd/pod.yaml "of-d" [unknown-secret]',
    'e/pod.yaml "of-e" [unknown-secret]',
  ]);
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;

test.for(SIGNALS)('%s leaves no process', async signal => {
  const child = lintHidden();
  const groups = await startedGroups(child);
  child.kill(signal);
  await expectGone(groups);
});

test.for(['memory=8', 'seconds=0', 'seconds=1GB', 'time=1', ''])('no --limits %s', async limits => {
  const ran = await runMain('.', ['lint', '-', '--limits', limits]);
  expect(ran).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: --limits takes a list such as memory=8GB,seconds=600, not "${limits}"\n`,
  });
});
