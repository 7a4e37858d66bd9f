import {
  appendFileSync,
  chmodSync,
  chownSync,
  cpSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { freshPackage, isRoot, nobody, programIn } from '../installed.ts';
import { folderOf, lastingFolder, output, run } from '../machine.ts';

/*
 * Kept code is run, so these tests plant code that says something else than its source, and look at
 * what is said: the first shows that it is run where all is in order.
 */
const TRUTH = 'Finds broken references between Secrets';
const PLANTED = 'Loses broken references between Secrets';

/** A script that Node runs by itself: V8 keeps no code of what is compiled for tests. */
const scriptOf = (name: string): string => join(import.meta.dirname, `${name}.cjs`);

/** A package with planted code for `--help`. */
interface Planted {
  readonly script: string;
  readonly folder: string;
  readonly kept: string;
  /** Runs `--help`, by a program that does so as another user, or elsewhere. */
  readonly say: (as?: readonly string[], where?: Where) => string;
}

interface Where {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** A package whose folder of kept code has planted code, as if three runs had kept it: copied for each test. */
const template = lastingFolder();
beforeAll(() => {
  freshPackage(template);
  const env = { PATH: process.env['PATH'] };
  expect(output(programIn(template), ['--help'], { cwd: '/', env })).toContain(TRUTH);
  const { script, kept } = placesIn(template);
  output(process.execPath, [scriptOf('plant-code'), script, kept, TRUTH, PLANTED]);
});

function placesIn(root: string): Omit<Planted, 'say'> {
  const folder = join(root, 'dist/compiled');
  const kept = join(folder, readdirSync(folder)[0] ?? 'none');
  return { script: join(root, 'dist/bundle/rem-secrets.cjs'), folder, kept };
}

function plantedPackage(): Planted {
  const root = folderOf();
  output('cp', ['-a', `${template}/.`, root]);
  const say = (
    as: readonly string[] = [],
    { cwd = '/', env = {}, args = [] }: Where = {},
  ): string => {
    const [command = '', ...rest] = [...as, programIn(root), '--help', ...args];
    const PATH = process.env['PATH'];
    const { status, stdout, stderr } = run(command, rest, { cwd, env: { PATH, ...env } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.includes(PLANTED) ? PLANTED : stdout.includes(TRUTH) ? TRUTH : stdout;
  };
  return { ...placesIn(root), say };
}

/** Moves a folder, and puts a link in its place, which may be that of another user. */
function linked(folder: string, mode = 0o755, user?: number): void {
  renameSync(folder, `${folder}-elsewhere`);
  chmodSync(`${folder}-elsewhere`, mode);
  symlinkSync(`${folder}-elsewhere`, folder);
  if (user !== undefined) lchownSync(folder, user, user);
}

function damaged(bytes: Buffer): Buffer {
  return bytes.fill(0xff, 5000, 5001);
}

/** As many bytes, of which some are others. */
function respelled(script: string): string {
  return readFileSync(script, 'utf8').replace(
    'how findings are printed',
    'how findings are prinded',
  );
}

test('code that its user has kept is run', () => {
  const { say } = plantedPackage();
  expect([say(), say()]).toEqual([PLANTED, PLANTED]);
});

test.runIf(isRoot)('code that root has kept is run by all (needs root)', () => {
  expect(plantedPackage().say(nobody)).toBe(PLANTED);
});

/** What is wrong with the kept code; some of it only root can bring about. */
const WRONG: readonly (readonly [what: string, change: (planted: Planted) => void])[] = [
  ['in a folder that its group can write in', ({ folder }) => chmodSync(folder, 0o775)],
  ['in a folder that all can write in', ({ folder }) => chmodSync(folder, 0o777)],
  ['in a file that its group can write to', ({ kept }) => chmodSync(kept, 0o664)],
  ['in a file that all can write to', ({ kept }) => chmodSync(kept, 0o646)],
  ['in a folder that a link leads to', ({ folder }) => linked(folder)],
  ['in a folder of all users', ({ folder }) => chmodSync(folder, 0o1777)],
  ['in a folder that all can write in, by a link', ({ folder }) => linked(folder, 0o777)],
  ['whose file was written to', ({ kept }) => appendFileSync(kept, 'more')],
  ['whose file has a byte changed', ({ kept }) => writeFileSync(kept, damaged(readFileSync(kept)))],
  ['whose file has lost its end', ({ kept }) => truncateSync(kept, statSync(kept).size - 1000)],
  ['whose file is empty', ({ kept }) => truncateSync(kept)],
  ['whose file has no code', ({ kept }) => writeFileSync(kept, 'no code')],
  ['whose source has other bytes', ({ script }) => writeFileSync(script, respelled(script))],
];
const WRONG_BY_ROOT: typeof WRONG = [
  ['whose file belongs to another user', ({ kept }) => chownSync(kept, 65534, 65534)],
  ['whose folder belongs to another user', ({ folder }) => chownSync(folder, 65534, 65534)],
  ['to which the link of another user leads', ({ folder }) => linked(folder, 0o755, 65534)],
];

test.for([...WRONG, ...(isRoot ? WRONG_BY_ROOT : [])])('not code %s', ([, change]) => {
  const planted = plantedPackage();
  change(planted);
  expect([planted.say(), planted.say()]).toEqual([TRUTH, TRUTH]);
});

test('code in the cache of the user is not run, nor any in CI', () => {
  const { kept, folder, say } = plantedPackage();
  const home = folderOf();
  const cache = join(home, '.cache/rem-secrets');
  mkdirSync(cache, { recursive: true });
  cpSync(kept, join(cache, basename(kept)));
  expect(say([], { env: { CI: 'true' } })).toBe(TRUTH);
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'nothing can be kept here');
  for (const env of [{ HOME: home }, { XDG_CACHE_HOME: join(home, '.cache') }])
    expect(say([], { env })).toBe(TRUTH);
  expect(readdirSync(cache)).toEqual([basename(kept)]);
});

test('code in a checkout that is read is not run', () => {
  const { folder, say } = plantedPackage();
  const checkout = dirname(dirname(folder));
  mkdirSync(join(checkout, '.git'));
  mkdirSync(join(checkout, 'apps'));
  const apps = join(checkout, 'apps');
  for (const where of [
    { cwd: checkout },
    { cwd: apps },
    { args: ['--file', apps] },
    { args: [`--file=${apps}`] },
  ])
    expect(say([], where)).toBe(TRUTH);
  expect(say()).toBe(PLANTED);
});

test('what long runs keep, under flags of their own, they and short ones start from', () => {
  const root = freshPackage();
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\n';
  const input = `${'# much\n'.repeat(40_000)}${manifest}`;
  for (let time = 0; time < 3; time += 1) output(programIn(root), ['lint', '-'], { input });
  const compiled = join(root, 'dist/compiled');
  const names = readdirSync(compiled);
  for (const path of ['commands/lint.cjs', 'kinds/kubernetes.cjs']) {
    const kept = names.find(name => name.startsWith(path.replace('/', '-'))) ?? 'none';
    const args = [scriptOf('takes-code'), join(root, 'dist', path), join(compiled, kept)];
    expect(output(process.execPath, args), path).toBe('true\n');
    expect(readFileSync(join(compiled, kept)).at(-1), 'three runs have added to it').toBe(3);
  }
});
