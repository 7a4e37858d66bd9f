import {
  appendFileSync,
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPackage, isRoot, nobody, programIn } from './installed.ts';
import { folderOf, output, run } from './machine.ts';

/*
 * Kept code is run, so these tests plant code that says something else than its source, and look at
 * what is said: the first shows that it is run where all is in order.
 */
const TRUTH = 'One rem-secrets.yaml becomes every manifest';
const PLANTED = 'Two rem-secrets.yaml becomes every manifest';

/** Writes code of one text with the source of another. */
const PLANT = `
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [, script, kept, truth, planted] = process.argv;
const source = readFileSync(script, 'utf8');
const parameters = 'exports,require,module,__filename,__dirname';
require('node:v8').setFlagsFromString('--no-lazy');
const code = new Script(\`(function(\${parameters}){\${source.replace(truth, planted)}\\n})\`);
require('node:v8').setFlagsFromString('--lazy');
writeFileSync(kept, Buffer.concat([code.createCachedData(), Buffer.from(source)]));
`;

/** A package with planted code for `--help`. */
interface Planted {
  readonly script: string;
  readonly folder: string;
  readonly kept: string;
  /** Runs `--help`, by a program that does so as another user. */
  readonly say: (as?: readonly string[]) => string;
}

function plantedPackage(): Planted {
  const root = freshPackage();
  return plantedIn(join(root, 'dist/compiled'), root);
}

/** A package in which others can write, with code in a folder for caches that is in another. */
function plantedCache(): Planted {
  const root = freshPackage();
  mkdirSync(join(root, 'dist/compiled'));
  chmodSync(join(root, 'dist/compiled'), 0o777);
  const home = folderOf([['caches/mine/README', '']]);
  const XDG_CACHE_HOME = join(home, 'caches/mine');
  return plantedIn(join(XDG_CACHE_HOME, 'rem-secrets'), root, { XDG_CACHE_HOME });
}

function plantedIn(folder: string, root: string, variables = {}): Planted {
  const env = { PATH: process.env['PATH'], ...variables };
  const say = (as: readonly string[] = []): string => {
    const [command = '', ...args] = [...as, programIn(root), '--help'];
    const { status, stdout, stderr } = run(command, args, { env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.includes(PLANTED) ? PLANTED : stdout.includes(TRUTH) ? TRUTH : stdout;
  };
  expect(say()).toBe(TRUTH);
  const script = join(root, 'dist/bundle/rem-secrets.cjs');
  const kept = join(folder, readdirSync(folder)[0] ?? 'none');
  plant(script, kept);
  return { script, folder, kept, say };
}

/** The bytes that are planted, as if three runs had kept them: all packages have the same source. */
let planted: Buffer | undefined;

function plant(script: string, kept: string): void {
  if (planted === undefined) output(process.execPath, ['-e', PLANT, script, kept, TRUTH, PLANTED]);
  planted ??= readFileSync(kept);
  writeFileSync(kept, planted);
  utimesSync(kept, 1e9 + 3, 1e9 + 3);
}

/** Moves a folder, and puts a link in its place. */
function linked(folder: string, mode = 0o755): void {
  renameSync(folder, `${folder}-elsewhere`);
  chmodSync(`${folder}-elsewhere`, mode);
  symlinkSync(`${folder}-elsewhere`, folder);
}

/** Writes to a file as damage does that leaves its time. */
function asOfOld(file: string, change: (bytes: Buffer) => Buffer): void {
  const { atime, mtime } = statSync(file);
  writeFileSync(file, change(readFileSync(file)));
  utimesSync(file, atime, mtime);
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

test.for<[what: string, change: (planted: Planted) => void]>([
  ['in a folder that its group can write in', ({ folder }) => chmodSync(folder, 0o775)],
  ['in a folder that all can write in', ({ folder }) => chmodSync(folder, 0o777)],
  ['in a file that its group can write to', ({ kept }) => chmodSync(kept, 0o664)],
  ['in a file that all can write to', ({ kept }) => chmodSync(kept, 0o646)],
  ['in a folder of all users', ({ folder }) => chmodSync(folder, 0o1777)],
  ['in a folder that all can write in, by a link', ({ folder }) => linked(folder, 0o777)],
  ['whose file was written to', ({ kept }) => appendFileSync(kept, 'more')],
  ['whose file has a byte changed', ({ kept }) => writeFileSync(kept, damaged(readFileSync(kept)))],
  ['whose file has lost its end', ({ kept }) => asOfOld(kept, bytes => bytes.subarray(0, -1000))],
  ['whose file is empty', ({ kept }) => asOfOld(kept, bytes => bytes.subarray(0, 0))],
  ['whose file has no code', ({ kept }) => asOfOld(kept, () => Buffer.from('no code'))],
  ['whose source has other bytes', ({ script }) => writeFileSync(script, respelled(script))],
])('not code %s', ([, change]) => {
  const planted = plantedPackage();
  change(planted);
  expect([planted.say(), planted.say()]).toEqual([TRUTH, TRUTH]);
});

test.runIf(isRoot).for<[what: string, change: (planted: Planted) => void]>([
  ['whose file belongs to another user', ({ kept }) => chownSync(kept, 65534, 65534)],
  ['whose folder belongs to another user', ({ folder }) => chownSync(folder, 65534, 65534)],
  [
    'to which the link of another user leads',
    ({ folder }) => {
      linked(folder);
      lchownSync(folder, 65534, 65534);
    },
  ],
])('not code %s (needs root)', ([, change]) => {
  const planted = plantedPackage();
  change(planted);
  expect([planted.say(), planted.say()]).toEqual([TRUTH, TRUTH]);
});

test.for<[what: string, above: (folder: string) => void]>([
  ['as it is made', () => {}],
  ['in a folder of all users, where each has its own', above => chmodSync(above, 0o1777)],
  ['to which a link leads', above => linked(above)],
])('code in a folder for caches is run: %s', ([, change]) => {
  const { folder, say } = plantedCache();
  change(dirname(dirname(folder)));
  expect([say(), say()]).toEqual([PLANTED, PLANTED]);
});

test.for<[what: string, above: (folder: string) => void]>([
  ['others can replace', above => chmodSync(above, 0o777)],
  ['its group can replace', above => chmodSync(above, 0o775)],
  ['others can replace, by a link', above => linked(above, 0o777)],
])('code in a folder for caches is not run that %s', ([, change]) => {
  const { folder, say } = plantedCache();
  change(dirname(dirname(folder)));
  expect([say(), say()]).toEqual([TRUTH, TRUTH]);
});

test.runIf(isRoot).for<[what: string, above: (folder: string) => void]>([
  ['a folder of', above => chownSync(above, 65534, 65534)],
  [
    'a link of',
    above => {
      linked(above);
      lchownSync(above, 65534, 65534);
    },
  ],
])(
  'code in a folder for caches is not run that is behind %s another user (needs root)',
  ([, change]) => {
    const { folder, say } = plantedCache();
    change(dirname(dirname(folder)));
    expect([say(), say()]).toEqual([TRUTH, TRUTH]);
  },
);

/** Whether V8 takes the code in a file, under its own flags. */
const TAKES = `
const { readFileSync } = require('node:fs');
const [, script, kept] = process.argv;
const source = readFileSync(script, 'utf8');
const cachedData = readFileSync(kept).subarray(0, -Buffer.byteLength(source));
const parameters = 'exports,require,module,__filename,__dirname';
const text = \`(function(\${parameters}){\${source}\\n})\`;
console.log(new (require('node:vm').Script)(text, { cachedData }).cachedDataRejected === false);
`;

test('what long runs keep, under flags of their own, they and short ones start from', () => {
  const root = freshPackage();
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\n';
  const input = `${'# much\n'.repeat(40_000)}${manifest}`;
  for (let time = 0; time < 3; time += 1) output(programIn(root), ['lint', '-'], { input });
  const compiled = join(root, 'dist/compiled');
  const names = readdirSync(compiled);
  for (const path of ['commands/lint.cjs', 'kinds/kubernetes.cjs']) {
    const kept = names.find(name => name.startsWith(path.replace('/', '-'))) ?? 'none';
    const args = ['-e', TAKES, join(root, 'dist', path), join(compiled, kept)];
    expect(output(process.execPath, args), path).toBe('true\n');
    expect(statSync(join(compiled, kept)).mtimeMs, 'three runs have added to it').toBe(1e12 + 3000);
  }
});
