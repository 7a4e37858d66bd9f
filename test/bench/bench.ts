import { diff } from './diff.ts';
import { environments } from './environments.ts';
import { hostile } from './hostile.ts';
import { iam } from './iam.ts';
import { lint } from './lint.ts';
import { manyApplications } from './many-applications.ts';
import type { Row } from './measure.ts';
import { peers } from './peers.ts';
import { plugin } from './plugin.ts';
import { scaling } from './scaling.ts';
import { startUp } from './start-up.ts';
import { world } from './world.ts';

/*
 * `npm run bench` measures all, `npm run bench -- a d` some. It asserts nothing: what counts on a
 * noisy machine are ratios of CPU times measured in turn, each beside its target.
 */
const benchmarks: Readonly<Record<string, () => Row[]>> = {
  a: plugin,
  b: scaling,
  c: manyApplications,
  d: startUp,
  e: lint,
  f: diff,
  g: hostile,
  h: iam,
  i: world,
  j: environments,
  k: peers,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter(id => !Object.hasOwn(benchmarks, id));
if (unknown.length > 0) {
  console.error(
    `bench: there is no ${unknown.join(', ')}; there are ${Object.keys(benchmarks).join(', ')}`,
  );
  process.exitCode = 2;
} else {
  for (const [id, measure] of Object.entries(benchmarks)) {
    if (wanted.length === 0 || wanted.includes(id)) for (const row of measure()) print(id, row);
  }
}

function print(id: string, [what, value, unit, target]: Row): void {
  const verdict = target === undefined ? '' : value <= target ? 'PASS' : 'over';
  const limit = target === undefined ? '' : `≤ ${target}`;
  const line = [
    id.padEnd(2),
    what.padEnd(88),
    number(value, unit).padStart(10),
    limit.padStart(9),
    verdict,
  ];
  console.log(line.join(' ').trimEnd());
}

function number(value: number, unit: Row[2]): string {
  if (unit === 'MB') return `${value.toFixed(0)} MB`;
  return unit === 'seconds' ? `${value.toFixed(3)} s` : value.toFixed(3);
}
