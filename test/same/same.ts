import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type Case, type Command, type Inputs, namesIn, root } from './case.ts';
import { allCases } from './cases.ts';
import { Comparison } from './comparison.ts';
import { Folder, hashOf, type Outcome } from './side.ts';

/*
 * `npm run same -- --old DIR [--quick] [NAME…]` runs the programs of an older checkout, which is built, and of
 * this one on the same inputs, and fails where they do not say, return and write the same. A name is a part of the
 * names of the cases that are wanted. What the old one did is kept, so that later runs only run the new one.
 */
const USAGE =
  'usage: npm run same -- --old DIR [--quick] [NAME…]\n  DIR is a checkout that `npm run build` was run in';

/** A quick run takes one of so many; a prime, so that it is not always the same command of similar cases. */
const EVERY = 11;

/** Where runs of this tool keep things for later ones. */
const kept = join(tmpdir(), `rem-secrets-same-${process.getuid?.()}`);

/** What is run, kept and compared at once: a command, or a sequence. */
interface Unit {
  readonly commands: readonly Command[];
}

const given = settings();
if (given === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await compareAll(given);
}

interface Chosen {
  readonly one: Case;
  readonly units: readonly Unit[];
}

interface Settings {
  readonly old: string;
  readonly isQuick: boolean;
  readonly names: readonly string[];
}

function settings(): Settings | undefined {
  try {
    const options = {
      old: { type: 'string' },
      quick: { type: 'boolean', default: false },
    } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.old === undefined) return undefined;
    const old = resolve(values.old);
    for (const checkout of [old, root])
      for (const path of ['generator/rem-secrets', 'dist/start/rem-secrets.cjs', 'schemas'])
        if (!existsSync(join(checkout, path))) throw new Error(`${checkout} has no ${path}`);
    return { old, isQuick: values.quick, names: positionals };
  } catch (error) {
    console.error(`same: ${(error as Error).message}`);
    return undefined;
  }
}

async function compareAll({ old, isQuick, names }: Settings): Promise<number> {
  const started = Date.now();
  const queue = chosen(isQuick, names);
  if (queue.length === 0) {
    console.error(`same: no case has ${names.join(' or ')} in its name`);
    return 2;
  }
  const comparison = new Comparison();
  const scratch = mkdtempSync(join(realpathSync(tmpdir()), 'same-'));
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));
  const sides = { old, hash: programHash(old) };
  mkdirSync(join(kept, sides.hash), { recursive: true });
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const folder = join(scratch, `${queue.length}`.padStart(5, '0'), 'in');
      const place = new Folder(folder, next.one, join(kept, 'xdg'));
      await compareCase(next, { place, ...sides }, comparison);
      place.remove();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  for (const line of comparison.total()) console.log(line);
  console.log(`${((Date.now() - started) / 1000).toFixed(0)} s`);
  return comparison.differences > 0 ? 1 : 0;
}

/** The cases of these names, each with what is run of it. */
function chosen(isQuick: boolean, names: readonly string[]): Chosen[] {
  let count = 0;
  return allCases()
    .filter(({ isLarge = false }) => !(isQuick && isLarge))
    .filter(({ name }) => names.length === 0 || names.some(one => name.includes(one)))
    .map(one => ({ one, units: unitsOf(one).filter(() => !isQuick || count++ % EVERY === 0) }))
    .filter(({ units }) => units.length > 0);
}

function unitsOf({ commands, isSequence = false }: Case): Unit[] {
  return isSequence ? [{ commands }] : commands.map(command => ({ commands: [command] }));
}

/** All that a program has a say from, and how it is run; not the compiled code that runs leave, and the stamp of make. */
function programHash(checkout: string): string {
  const dist = namesIn(join(checkout, 'dist')).filter(
    name => !/^(?:compiled|[.]built)$/.test(name),
  );
  const parts = ['schemas', 'generator/rem-secrets', 'generator/rem-secrets-fn'];
  const all = [...dist.map(name => join('dist', name)), ...parts];
  const runner = join(root, 'test/same/side.ts');
  return hashOf([...all.map(part => join(checkout, part)), runner], process.version);
}

interface Sides {
  readonly place: Folder;
  readonly old: string;
  readonly hash: string;
}

async function compareCase(
  { one, units }: Chosen,
  { place, old, hash }: Sides,
  comparison: Comparison,
): Promise<void> {
  const inputs = [one.inputs, one.committed ?? {}].map(inputsHash).join();
  for (const { commands } of units) {
    const key = hashOf([], JSON.stringify([inputs, commands]));
    const file = join(kept, hash, `${key}.json.gz`);
    const before = existsSync(file) ? unpacked(file) : await place.outcome(old, commands);
    if (!existsSync(file)) keep(file, before);
    const after = await place.outcome(root, commands);
    comparison.add(one.name, commands, before, after);
  }
}

/** Another run, or one that is broken off, leaves no part of a file. */
function keep(file: string, outcome: Outcome): void {
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, gzipSync(JSON.stringify(outcome), { level: 1 }));
  renameSync(unfinished, file);
}

function unpacked(file: string): Outcome {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Outcome;
}

/** Of what is read, and not of where it is from: the checkouts of a machine share what the old program did. */
function inputsHash(inputs: Inputs): string {
  const all = Object.entries(inputs).map(([name, input]) =>
    'text' in input ? [name, input.text] : [name, hashOf([input.from])],
  );
  return JSON.stringify(all);
}
