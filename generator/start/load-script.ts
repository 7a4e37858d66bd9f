import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { Script } from 'node:vm';

/** Scripts that ran, by the file of their compiled code: the build looks here for what to keep. */
declare global {
  var remSecretsScripts: Map<string, Script> | undefined;
}

const loaded = new Map<string, unknown>();

/** V8 takes compiled code only under the flags that it was compiled under: see `tune.ts`. */
let ending = '.cache';

/** From here on scripts are compiled as for a long run. */
export function expectLongRun(): void {
  ending = '.long.cache';
}

/**
 * Runs a CommonJS file once and gives its exports. The code that V8 compiled for it at build time
 * stands beside it (`tools/build/code-cache.cjs`) and saves a third of the start-up;
 * another version of Node refuses it and compiles anew. The build writes scripts in ASCII.
 */
export function loadScript(file: string): unknown {
  if (loaded.has(file)) return loaded.get(file);
  const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(file, 'latin1')}\n})`;
  const cache = `${file}${ending}`;
  const cachedData = readCache(cache);
  const script = new Script(source, { filename: file, ...(cachedData && { cachedData }) });
  globalThis.remSecretsScripts?.set(cache, script);
  const module = { exports: {} };
  script.runInThisContext()(module.exports, requireFrom(file), module, file, dirname(file));
  loaded.set(file, module.exports);
  return module.exports;
}

function readCache(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // The published package has none: it does not know the machine's Node.
  }
}

function requireFrom(file: string): (id: string) => unknown {
  const require = createRequire(file);
  return id => (id.startsWith('.') ? loadScript(resolve(dirname(file), id)) : require(id));
}
