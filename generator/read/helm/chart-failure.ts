import type { Run } from '../../ground/host.ts';

/** Why Helm did not make a chart, and what to do. */
export interface ChartFailure {
  readonly why: string;
  readonly hint: string;
}

const LIMITS = 'A chart has 10 s of one processor, 4 GiB of addresses and 64 MiB of manifests.';

const TOO_LONG = 'helm was stopped: it took too long, or made too much';

const SAYS = '`helm template` says why.';

/** What Helm says, by its beginning (`$1`: a name, `$2`: a line), in our words: its own quote values. */
const FAILURES: readonly (readonly [said: RegExp, why: string, hint?: string])[] = [
  [/SIGXCPU/, TOO_LONG, LIMITS],
  [/out of memory/, 'helm was stopped: it took too much memory', LIMITS],
  [
    /missing in charts\/ directory: ([\w., -]{1,300})/,
    'what it depends on is not in its folder charts/: $1',
    '`helm dependency build` fetches it: the folder can be committed.',
  ],
  [/requires kubeVersion: ([\w.<>=~^|, *-]{1,60}) which/, 'it is for Kubernetes $1'],
  [/values don't meet the specifications/, 'its values do not fit its values.schema.json'],
  [/YAML parse error on [\w.-]{1,100}\/([\w./-]{1,300})/, 'what its $1 makes is no YAML'],
  [/[(:] ?[\w.-]{1,100}\/([\w./-]{1,300}):(\d{1,9})/, 'its $1 fails at line $2'],
  [/^Error/m, 'helm refuses it'],
];

/** Why a run of Helm failed; what was stopped has said nothing. */
export function chartFailure({ stderr }: Run): ChartFailure {
  for (const [said, why, hint = SAYS] of FAILURES) {
    const [found, name = '', line = ''] = said.exec(stderr) ?? [];
    if (found !== undefined) return { why: why.replace('$1', name).replace('$2', line), hint };
  }
  return { why: TOO_LONG, hint: LIMITS };
}

/** Whether Helm was stopped at a chart. */
export function isStopped({ hint }: ChartFailure): boolean {
  return hint === LIMITS;
}

/** Of a chart after several that were stopped: a line of a repository may cost ten seconds. */
export const tooManyStopped: ChartFailure = {
  why: 'helm was stopped too often before',
  hint: LIMITS,
};
