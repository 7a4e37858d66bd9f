import { join } from 'node:path';
import { kubeconformArguments } from '../../generator/validate/command.ts';
import type { Command, Row } from './measure.ts';
import { compareCpu, peakMemoryOf, rem, root, settled, tool } from './measure.ts';
import { textOf, withFolder } from './specs.ts';

/** Checking the secret flow of many objects, against kubeconform, which checks each by itself. */
export function lint(): Row[] {
  const sizes = [500, 4000, 5000, 10_000];
  const files = Object.fromEntries(sizes.map(size => [`${size}.yaml`, manifests(size)]));
  return withFolder(files, folder => {
    const at = (size: number): string => join(folder, `${size}.yaml`);
    const lintOf = (size: number): Command => rem(undefined, 'lint', at(size));
    settled(lintOf(500));
    const flags = kubeconformArguments(join(root, 'schemas')).slice(0, -1);
    const validate = { argv: [tool('kubeconform'), ...flags, at(4000)] };
    const whole = compareCpu(lintOf(4000), validate, 5);
    const growth = compareCpu(lintOf(5000), lintOf(500), 5);
    const what = '4,000 objects';
    return [
      [`${what}: lint ÷ kubeconform -strict, CPU`, whole.ratio, 'ratio', 0.8],
      [`${what}: lint, CPU`, whole.a, 'seconds'],
      [`${what}: kubeconform -strict, CPU`, whole.b, 'seconds'],
      ['5,000 objects ÷ 500: lint, CPU', growth.ratio, 'ratio', 5.5],
      ['10,000 objects: lint, peak memory', peakMemoryOf(lintOf(10_000)), 'MB', 200],
    ];
  });
}

/** A correct set of so many objects: a quarter each of what makes, reads and serves. */
export function manifests(size: number): string {
  const applications = Array.from({ length: size / 4 }, (_, index) =>
    textOf('objects', `app-${index}`),
  );
  return [textOf('store'), ...applications].join('---\n');
}
