/* Writes code of one text with the source of another: node plant-code.cjs SCRIPT KEPT TRUTH PLANTED. */
const { readFileSync, writeFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [, , script, kept, truth, planted] = process.argv;
const source = readFileSync(script, 'utf8');
const parameters = 'exports,require,module,__filename,__dirname';
require('node:v8').setFlagsFromString('--no-lazy');
const code = new Script(`(function(${parameters}){${source.replace(truth, planted)}\n})`);
require('node:v8').setFlagsFromString('--lazy');
const bytes = code.createCachedData();
writeFileSync(kept, Buffer.concat([bytes, bytes, Buffer.from(source), Buffer.of(3)]));
