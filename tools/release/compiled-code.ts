import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { load } from 'js-yaml';
import { packedFiles } from './parts.ts';
import type { Entry } from './tar.ts';

/** With a fixed seed the same runs keep the same bytes. The flags that V8 compares leave it out. */
const SEED = 'random-seed';

/** In milliseconds: what is as old was left by a run that was killed. */
const OLD = 600_000;

/** So often a run adds to what is kept (generator/shell/start.ts). */
const RUNS = 3;

/**
 * What the first runs of a package keep, for the Node that runs this and is shipped with it: the user of an image may
 * write nothing, and each of its runs would be a first one, which takes twice as long. `heap`: what its launcher gives
 * Node for `diff` and `lint`, as V8 takes code only under the flags that it was compiled under.
 */
export function compiledEntries(root: string, below: string, heap: readonly string[]): Entry[] {
  // V8 keeps the paths of scripts, so this one is always the same; who finds it there made it.
  const copy = join(tmpdir(), 'rem-secrets-compiled');
  const left = statSync(copy, { throwIfNoEntry: false });
  if (left !== undefined && left.uid === process.getuid?.() && Date.now() - left.mtimeMs > OLD)
    rmSync(copy, { recursive: true });
  mkdirSync(copy, { mode: 0o700 });
  try {
    for (const path of packedFiles(root)) cpSync(join(root, path), join(copy, path));
    for (let run = 0; run < RUNS; run += 1) runAll(root, copy, heap);
    const folder = join(copy, 'dist/compiled');
    return readdirSync(folder).map(name => ({
      path: `${below}/dist/compiled/${name.replace(`-${SEED}-1`, '')}`,
      bytes: readFileSync(join(folder, name)),
    }));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What images are for: to render, the function, and to lint and to compare, what is to be built too. */
function runAll(root: string, copy: string, heap: readonly string[]): void {
  const ran = (
    program: string,
    args: readonly string[],
    input = '',
    flags: readonly string[] = [],
  ): string => {
    const argv = [`--${SEED}=1`, ...flags, join(copy, `dist/start/${program}.cjs`), ...args];
    // Environments of a spec are built with kustomize. Nothing is kept: a later run would only print it again.
    const env = { PATH: join(root, '.tools') };
    const options = { cwd: root, input, env, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, options);
    // What lint finds is as good a run.
    if (status !== 0 && status !== 1) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const spec = readFileSync(join(root, 'rem-secrets.yaml'), 'utf8');
  const rendered = ran('rem-secrets', ['render']);
  const tree = Object.fromEntries(
    treeFiles(root).map(path => [path, readFileSync(join(root, path), 'utf8')]),
  );
  const repository = twoSides(join(copy, 'repository'), tree);
  const manifests = twoSides(join(copy, 'manifests'), { 'all.yaml': rendered });
  ran('rem-secrets', ['lint', '-'], rendered, heap);
  for (const sides of [repository, manifests]) ran('rem-secrets', ['diff', ...sides], '', heap);
  const functionConfig = load(spec);
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', functionConfig };
  ran('rem-secrets-fn', [], JSON.stringify(list));
  ran('rem-secrets-fn', [], readFileSync(join(root, 'tools/image/lint.yaml'), 'utf8'));
}

/** The spec, and what `expand` makes of it. */
function treeFiles(root: string): string[] {
  const folders = ['argocd', 'base', 'components', 'overlays'];
  const below = folders.flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.yaml'))
      .map(name => join(folder, name)),
  );
  return ['rem-secrets.yaml', ...below.sort()];
}

/** Files before and after a change, as `diff` names its sides. */
function twoSides(folder: string, files: Readonly<Record<string, string>>): string[] {
  return ['base', 'head'].flatMap(side => {
    const home = join(folder, side);
    for (const [path, text] of Object.entries(files)) {
      const after = text.replaceAll('/api-key', '/api-key-2').replaceAll(':0.3.0', ':0.4.0');
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), side === 'base' ? text : after);
    }
    return [`--${side}`, `path:${home}`];
  });
}
