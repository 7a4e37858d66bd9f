// `code-cache.cjs DIST BUNDLE [ARG…]` runs a bundle as a user would and keeps the code that V8
// compiled on the way, of the bundle and of every kind's validator that it loaded. Plain
// JavaScript, because the flags and hooks of a TypeScript loader would be compiled in. V8 keeps code
// for the flags of the moment, so a run that changed them keeps what it loaded since. Of several runs
// the one that compiled most of a script counts.
const { existsSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , dist, bundle, ...args] = process.argv;
const scripts = new Map();
globalThis.remSecretsScripts = scripts;
process.argv = [process.execPath, join(dist, `${bundle}.cjs`), ...args];
process.on('exit', () => {
  const isForLongRuns = file => file.endsWith('.long.cache');
  const isLong = [...scripts.keys()].some(isForLongRuns);
  for (const [file, script] of scripts) {
    if (isForLongRuns(file) !== isLong) continue;
    const code = script.createCachedData();
    if (!existsSync(file) || statSync(file).size < code.length) writeFileSync(file, code);
  }
});
require(join(dist, `${bundle}.cjs`));
