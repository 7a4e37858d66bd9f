import { join } from 'node:path';
import { type Host, type Run, textOf } from '../../ground/host.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { LocalRelease } from '../../kinds/kind.ts';
import { keptRun } from '../tools.ts';
import { type ChartFailure, chartFailure, isStopped, tooManyStopped } from './chart-failure.ts';
import { type ChartFiles, chartFiles } from './chart-files.ts';
import { chartArgs, chartEnvironment, LIMITED, SHELL } from './chart-run.ts';
import type { ChartToMake } from './helm.ts';

/** What Helm made of a chart, and of which files, or why it did not. */
export type MadeChart = { readonly text: string; readonly files: ChartFiles } | ChartFailure;

/** How helm is run: raised when the same files come to mean something else. */
const FORM = 2;

/** Charts of which none comes to an end. */
const MOST_STOPPED = 5;

/** In bytes: no cluster takes as many objects as would be longer. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Has Helm begin with a chart, from files that were looked at before; what is handed back waits for it. */
export function begunChart(chart: ChartToMake, host: Host): () => MadeChart {
  const unknown = whyUnknown(chart.release);
  if (unknown !== undefined) return () => ({ why: unknown, hint: UNKNOWN });
  const files = chartFiles(chart.folder, chart.root, host);
  if (typeof files === 'string')
    return () => ({ why: files, hint: 'Such a chart is not given to Helm.' });
  const { stopped } = chart.helm;
  if (stopped.count >= MOST_STOPPED) return () => tooManyStopped;
  const finish = runOf(chart, files, host);
  return () => {
    if (stopped.count >= MOST_STOPPED) return tooManyStopped;
    const run = finish();
    if (run.status === 0) return { text: run.stdout, files };
    const failure = chartFailure(run);
    if (isStopped(failure)) stopped.count += 1;
    return failure;
  };
}

const UNKNOWN = 'What the chart makes of them is not known either.';

/** What a program can be told: a longer one, or one with an end of text in it, the system does not take. */
const WORD = /^[\w.+/-]{1,253}$/;

const MOST_VERSIONS = 2_000;

function whyUnknown({ isPartly, name, namespace, local }: LocalRelease): string | undefined {
  if (isPartly)
    return 'its values are not all in the repository, or what it makes is changed afterwards';
  if (isUnresolved(name) || name === '') return 'the name of its release is not known';
  if (isUnresolved(namespace) || namespace === '') return 'its namespace is not known';
  const { kubeVersion = 'v1', apiVersions = [] } = local;
  const words = [name, namespace, kubeVersion, ...apiVersions];
  const areWords = words.length < MOST_VERSIONS && words.every(word => WORD.test(word));
  return areWords ? undefined : 'the name of its release, its namespace or an API version is none';
}

/** What Helm made before of the same files and values, or makes now. */
function runOf(chart: ChartToMake, files: ChartFiles, host: Host): () => Run {
  const begin = (): (() => Run) => begunHelm(chart, files, host);
  return keptRun(host.kept(partsOf(chart, files, host)), begin, SECRET);
}

/** Charts write objects as they like, also as JSON or in a List. */
const SECRET = /\bkind["']?\s{0,9}:\s{0,9}["']?Secret\b/;

/** Helm at work on a copy of a chart. */
function begunHelm(chart: ChartToMake, files: ChartFiles, host: Host): () => Run {
  const room = host.room();
  for (const [path, place] of files) room.writeFile(join('chart', path), host.readFile(place));
  room.writeFile('values.json', JSON.stringify(chart.release.values));
  room.makeFolder('home');
  const hasSchemas = areSchemasClosed(files, host);
  const args = ['-c', LIMITED, chart.helm.path, ...chartArgs(chart, room.cwd, hasSchemas)];
  const options = { env: chartEnvironment(join(room.cwd, 'home')), mostBytes: MOST_BYTES };
  room.ahead(SHELL, args, options);
  return () => room.run(SHELL, args, options);
}

function partsOf(chart: ChartToMake, files: ChartFiles, host: Host): (string | Uint8Array)[] {
  const { path, version } = chart.helm;
  const form = ['helm', FORM, path, host.sizeOf(path), version, chartArgs(chart, '', true)];
  return [
    JSON.stringify(form),
    JSON.stringify(chart.release.values),
    ...[...files].flatMap(([own, place]) => [own, host.readFile(place)]),
  ];
}

/** What leads to nothing outside of a schema: Helm has the documents of json-schema.org itself. */
const INWARD =
  /"\$(?:ref|dynamicRef|recursiveRef)"\s{0,9}:\s{0,9}"#|"\$schema"\s{0,9}:\s{0,9}"https?:\/\/json-schema\.org\//g;

/** What may lead elsewhere; in any word may be letters that are written as numbers. */
const OUTWARD = /\\u|"\$(?:ref|dynamicRef|recursiveRef|schema)"/;

/**
 * Whether Helm may compare values with the schemas of a chart. It opens what a schema refers to, also a
 * file of the machine and a server on it (docs/facts/helm.md#helm-template); in archives one may be.
 */
function areSchemasClosed(files: ChartFiles, host: Host): boolean {
  return [...files].every(([path, place]) => {
    if (/\.tgz$/i.test(path)) return false;
    if (!/(?:^|\/)values\.schema\.json$/i.test(path)) return true;
    return !OUTWARD.test(textOf(place, host).replace(INWARD, ' '));
  });
}
