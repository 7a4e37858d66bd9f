import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compiled } from './compiled.ts';

const loaded = new Map<string, unknown>();
const require = createRequire(import.meta.filename);

/**
 * Runs a CommonJS file of the package once and gives its exports, as Node's `require` does, but from
 * code that was compiled before. What the file requires of the package is loaded like it.
 */
export function loadScript(file: string): unknown {
  if (loaded.has(file)) return loaded.get(file);
  const module = { exports: {} };
  compiled(file).runInThisContext()(module.exports, requireFrom(file), module, file, dirname(file));
  loaded.set(file, module.exports);
  return module.exports;
}

/** Gives something to all scripts that require it by a name. */
export function provide(id: string, exports: unknown): void {
  loaded.set(id, exports);
}

function requireFrom(file: string): (id: string) => unknown {
  return id => {
    if (loaded.has(id)) return loaded.get(id);
    return id.startsWith('.') ? loadScript(resolve(dirname(file), id)) : require(id);
  };
}
