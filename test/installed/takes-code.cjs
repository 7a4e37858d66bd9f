/* Prints whether V8 takes the code in a file, under its own flags: node takes-code.cjs SCRIPT KEPT. */
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');
const [, , script, kept] = process.argv;
const source = readFileSync(script, 'utf8');
const bytes = readFileSync(kept);
const cachedData = bytes.subarray(0, (bytes.length - Buffer.byteLength(source) - 1) / 2);
const parameters = 'exports,require,module,__filename,__dirname';
const text = `(function(${parameters}){${source}\n})`;
process.stdout.write(`${new Script(text, { cachedData }).cachedDataRejected === false}\n`);
