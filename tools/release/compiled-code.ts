import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { HEAP } from '../../generator/shell/tune.ts';
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
 * write nothing, and each of its runs would be a first one, which takes twice as long.
 */
export function compiledEntries(root: string, below: string): Entry[] {
  // V8 keeps the paths of scripts, so this one is always the same; who finds it there made it.
  const copy = join(tmpdir(), 'rem-secrets-compiled');
  const left = statSync(copy, { throwIfNoEntry: false });
  if (left !== undefined && left.uid === process.getuid?.() && Date.now() - left.mtimeMs > OLD)
    rmSync(copy, { recursive: true });
  mkdirSync(copy, { mode: 0o700 });
  try {
    for (const path of packedFiles(root)) cpSync(join(root, path), join(copy, path));
    for (let run = 0; run < RUNS; run += 1) runAll(root, copy);
    const folder = join(copy, 'dist/compiled');
    return readdirSync(folder).map(name => ({
      path: `${below}/dist/compiled/${name.replace(`-${SEED}-1`, '')}`,
      bytes: readFileSync(join(folder, name)),
    }));
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** What images are for: to render, the function, and to lint what has nothing to build. */
function runAll(root: string, copy: string): void {
  const ran = (
    program: string,
    args: readonly string[],
    input = '',
    flags: readonly string[] = [],
  ): string => {
    const argv = [`--${SEED}=1`, ...flags, join(copy, `dist/start/${program}.cjs`), ...args];
    const options = { cwd: root, input, env: {}, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, options);
    // What lint finds is as good a run.
    if (status !== 0 && status !== 1) throw new Error(`${argv.join(' ')}: ${stderr}`);
    return stdout;
  };
  const spec = join(root, 'rem-secrets.yaml');
  const rendered = ran('rem-secrets', ['render']);
  for (const flags of [[], [HEAP]]) ran('rem-secrets', ['lint', '-'], rendered, flags);
  const functionConfig = load(readFileSync(spec, 'utf8'));
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', functionConfig };
  ran('rem-secrets-fn', [], JSON.stringify(list));
  ran('rem-secrets-fn', [], readFileSync(join(root, 'tools/image/lint.yaml'), 'utf8'));
}
