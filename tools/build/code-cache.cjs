// `code-cache.cjs DIST BUNDLE [ARG…]` runs a bundle as a user would and keeps the code that V8
// compiled on the way, of the bundle and of every kind's validator that it loaded. Plain
// JavaScript, because the flags and hooks of a TypeScript loader would be compiled in. What an
// earlier run kept stays.
const { existsSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , dist, bundle, ...args] = process.argv;
const scripts = new Map();
globalThis.remSecretsScripts = scripts;
process.argv = [process.execPath, join(dist, `${bundle}.cjs`), ...args];
process.on('exit', () => {
  for (const [file, script] of scripts) {
    const cache = `${file}.cache`;
    if (!existsSync(cache)) writeFileSync(cache, script.createCachedData());
  }
});
require(join(dist, `${bundle}.cjs`));
