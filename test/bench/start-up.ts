import { compare, cpuOf, launcher, type Row } from './measure.ts';

/** Rendering the repository's own spec, against a Node that does nothing. */
export function startUp(): Row[] {
  const { ratio, a, b } = compare(
    () => cpuOf({ argv: [launcher('rem-secrets'), 'render'] }),
    () => cpuOf({ argv: ['node', '-e', '0'] }),
    15,
  );
  return [
    {
      id: 'd',
      what: 'render of rem-secrets.yaml ÷ node -e 0, CPU',
      value: ratio,
      unit: 'ratio',
      target: 1.6,
    },
    { id: 'd', what: 'render of rem-secrets.yaml, CPU', value: a, unit: 'seconds' },
    { id: 'd', what: 'node -e 0, CPU', value: b, unit: 'seconds' },
  ];
}
