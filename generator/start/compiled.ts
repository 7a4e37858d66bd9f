import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Script } from 'node:vm';
import { type Kept, keep, kept, RUNS } from './kept-files.ts';
import { packageFile } from './package-files.ts';
import { underUsualFlags } from './tune.ts';

/** A script of this run, and how many runs before it have kept what they compiled of it. */
interface Compiled {
  readonly script: Script;
  readonly source: Buffer;
  readonly runs: number;
}

/**
 * By the name under which their code is kept, the scripts that this run adds to: V8 compiles a
 * function when it is called, and what one run calls is not all.
 */
const growing = new Map<string, Compiled>();

/**
 * A CommonJS file as V8 compiles it: from the code that earlier runs kept, or anew. The package does
 * this itself, as `module.enableCompileCache` of Node 22 keeps only what is compiled when a file is
 * loaded, not the functions that are called later. CPU of the installed package, medians of pairs, with
 * the code of this file as 1:
 *
 *                               Node 20        Node 22        Node 24
 *                             render  lint   render  lint   render  lint
 *     enableCompileCache           -     -     1.36  1.58     1.31  1.60
 *     nothing kept              1.43  1.80     1.59  1.99     1.57  1.92
 */
export function compiled(file: string): Script {
  const name = nameOf(file);
  const { script, source, runs } = compile(file, kept(name));
  if (runs < RUNS) {
    if (growing.size === 0) process.on('exit', keepAll);
    growing.set(name, { script, source, runs });
  }
  return script;
}

function compile(file: string, before: Kept | undefined): Compiled {
  const source = readFileSync(file);
  const text = `(function(exports,require,module,__filename,__dirname){${source}\n})`;
  const cachedData = before && codeIn(before.bytes, source);
  const options = { filename: file, ...(cachedData && { cachedData }) };
  const script = underUsualFlags(() => new Script(text, options));
  return { script, source, runs: script.cachedDataRejected === false ? (before?.runs ?? 0) : 0 };
}

/**
 * The code in a kept file, which ends in its source: V8 looks at nothing but the length of a source,
 * and a file that lost its end would lose that.
 */
function codeIn(bytes: Buffer, source: Buffer): Buffer | undefined {
  const length = Math.max(0, bytes.length - source.length);
  return bytes.subarray(length).equals(source) ? bytes.subarray(0, length) : undefined;
}

/**
 * V8 takes code only in the version that compiled it and under the same flags. Each command has code
 * of its own, as it calls other functions.
 */
function nameOf(file: string): string {
  const { arch, argv, env, execArgv, version } = process;
  const command = argv.slice(2, 3).filter(word => /^[a-z]+$/.test(word));
  const parts = [relative(packageFile('dist'), file), ...command, version, arch, ...execArgv];
  return [...parts, env['NODE_OPTIONS'] ?? '']
    .join(' ')
    .trim()
    .replaceAll(/[^\w.]+/g, '-');
}

/** A run that ended early, at a mistake in how it was called, has nothing to add. */
function keepAll(): void {
  if (Number(process.exitCode ?? 0) > 1) return;
  underUsualFlags(() => {
    for (const [name, { script, source, runs }] of growing)
      keep(name, () => ({
        bytes: Buffer.concat([script.createCachedData(), source]),
        runs: runs + 1,
      }));
  });
}
