import { basename, dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { type Host, textOf } from '../core/host.ts';
import { groupBy, sum } from '../core/json.ts';
import { type Cause, furtherPlaces } from '../report/causes.ts';
import type { TextOf } from '../report/finding.ts';
import { listingOf } from '../world/folders.ts';
import { isBelow } from '../world/inside.ts';
import type { ObjectSource } from '../world/source.ts';
import type { Rule } from './rule.ts';

/** What a run found, and what it looked at: `schemas/report.schema.json` says what each number counts. */
export interface LintReport {
  /** The causes of all findings: errors first, and within a severity by place. */
  readonly causes: readonly Cause[];
  readonly shownCauses: readonly Cause[];
  readonly isQuiet?: boolean;
  readonly failOn: Finding['severity'];
  readonly objects: number;
  readonly reads: number;
  readonly coverage: Seen;
  /** What the summary says besides the findings, in a few words each. */
  readonly notes?: readonly string[];
  readonly accepted: number;
  readonly unjudged: Unjudged;
  /** Absent without a baseline. */
  readonly baseline?: { readonly known: number; readonly mended: number };
  /** The versions that a flag names, or that the manifests install: `CloudNativePG 1.30`. */
  readonly versions: readonly string[];
  readonly rules: readonly Rule[];
  readonly textOf: TextOf;
}

interface Seen extends Readonly<Record<'units' | 'applied' | 'charts' | 'releases', number>> {
  readonly helm?: string;
  readonly excluded: readonly string[];
  readonly slow: readonly { readonly folder: string; readonly seconds: number }[];
  /** What the summary says of the builds. */
  readonly builds: readonly string[];
}

type Counted = 'files' | 'documents' | 'lists' | 'names' | 'unread' | 'absences' | 'reads';

interface Unjudged
  extends Unrendered,
    Readonly<Record<Counted | 'workloads' | 'scaffolds' | 'unlisted', number>> {
  readonly doubts: readonly Doubt[];
}

/** What may make things that are missing, and how many things. */
export interface Doubt {
  readonly reason: string;
  readonly count: number;
}

/** The doubts of faults, the most frequent first. */
export function doubtsOf(doubted: readonly { readonly doubt?: string }[]): Doubt[] {
  const groups = groupBy(doubted, ({ doubt = '' }) => doubt);
  const doubts = [...groups].map(([reason, group]) => ({ reason, count: group.length }));
  return doubts.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

/** `12 references not judged: made perhaps by the Helm chart "ironic" in openstack`. */
export function doubtText({ reason, count: number }: Doubt): string {
  return `${count(number, 'reference')} not judged: ${madeBy(reason)}`;
}

export function madeBy(reason: string): string {
  return `made perhaps by ${reason}`;
}

export function isFailure({ severity }: Finding, failOn: Finding['severity']): boolean {
  return severity === 'error' || failOn === 'warning';
}

/** `2 errors, 1 warning in 14 objects`. */
export function countsOf({ causes, objects, reads, unjudged, baseline }: LintReport): string {
  const found = ['error', 'warning'].flatMap(severity => countOf(severity, causes));
  const all = reads + unjudged.chartReads;
  const isJudged = all === 0 || reads > unjudged.reads;
  const none = baseline === undefined ? 'no findings' : 'no new findings';
  const nothing = isJudged ? none : `nothing judged of ${count(all, 'read')}`;
  return `${found.join(', ') || nothing} in ${count(objects, 'object') || 'no objects'}`;
}

/** `2 errors, 1 warning in 14 objects; read: 3 units; 3 accepted; not judged: 1 file`. */
export function summaryOf(report: LintReport): string {
  const { coverage, accepted, unjudged, versions } = report;
  const otherDocuments = unjudged.documents - unjudged.lists;
  const unknown = [
    count(unjudged.files, 'file'),
    count(otherDocuments, 'document that is no object', 'documents that are no objects'),
    count(unjudged.lists, 'document that is a list', 'documents that are lists'),
    count(unjudged.names, 'name', 'names', ' that another tool fills in'),
    count(unjudged.unread, 'entry that was not read', 'entries that were not read'),
    count(unjudged.absences, 'reference', 'references', ' to what may be made unseen'),
    count(unjudged.workloads, 'workload of an unknown kind', 'workloads of unknown kinds'),
    count(unjudged.scaffolds, 'scaffold'),
    count(unjudged.unlisted, 'unit that is not applied', 'units that are not applied'),
    chartsText(unjudged),
    count(unjudged.helmfiles, 'file of helmfile', 'files of helmfile'),
  ].filter(text => text !== '');
  return [
    countsOf(report),
    ...seenText(coverage),
    ...(coverage.excluded.length > 0 ? [`excluded: ${coverage.excluded.join(', ')}`] : []),
    ...coverage.builds,
    ...(versions.length > 0 ? [`for ${versions.join(', ')}`] : []),
    ...(accepted > 0 ? [`${accepted} accepted`] : []),
    ...noticesOf(report),
    ...(unknown.length > 0 ? [`not judged: ${unknown.join(', ')}`] : []),
  ].join('; ');
}

function chartsText({ charts, chartReads }: Unrendered): string {
  const reads = chartReads === 0 ? '' : ` with ${count(chartReads, 'read')}`;
  const not = charts === 1 ? 'which is not rendered' : 'which are not rendered';
  return charts === 0 ? '' : `${count(charts, 'chart')}${reads}, ${not}`;
}

/** How many findings are not shown, how many the baseline has, and whether it should be written again. */
export function noticesOf({ causes, shownCauses, baseline, notes = [] }: LintReport): string[] {
  const { known: inBaseline, mended } = baseline ?? { known: 0, mended: 0 };
  const untold = count(causes.length - shownCauses.length, 'finding');
  const gone = `${count(mended, 'finding')} of the baseline ${mended === 1 ? 'is' : 'are'} mended`;
  return [
    ...(untold === '' ? [] : [`${untold} not told`]),
    ...(inBaseline > 0 ? [`${inBaseline} in the baseline`] : []),
    ...(mended > 0 ? [`${gone}: write it again`] : []),
    ...notes,
  ];
}

function countOf(severity: string, all: readonly Cause[]): string[] {
  const causes = all.filter(({ finding }) => finding.severity === severity);
  if (causes.length === 0) return [];
  const places = sum(causes.map(each => 1 + furtherPlaces(each).length));
  const inPlaces = places > causes.length ? ` (${places} places)` : '';
  return [`${count(causes.length, severity)}${inPlaces}`];
}

/** `read: 3 units, 1 chart made by helm 3.17.0`; nothing where all folders are applied by nobody. */
function seenText({ units, applied, charts, helm, releases }: Seen): string[] {
  if (applied + charts + releases === 0) return [];
  const made = charts === 0 ? [] : [`${count(charts, 'chart')} made by helm ${helm}`];
  const values = releases === 0 ? [] : [`Helm values of ${count(releases, 'object')}`];
  return [`read: ${[count(units, 'unit'), ...made, ...values].join(', ')}`];
}

function count(number: number, noun: string, many: string = `${noun}s`, what: string = ''): string {
  return number === 0 ? '' : `${number} ${number === 1 ? noun : many}${what}`;
}

/** Files below the paths that make manifests when a program is run, which nobody ran. */
export interface Unrendered {
  /** Charts of which Helm made nothing. */
  readonly charts: number;
  /** Reads of Secrets in the templates of these charts, as far as their text shows. */
  readonly chartReads: number;
  readonly helmfiles: number;
}

export const NOTHING_UNRENDERED: Unrendered = { charts: 0, chartReads: 0, helmfiles: 0 };

/** Looks for charts and helmfiles at paths. A chart inside of another one is a part of it. */
export function unrenderedAt(
  paths: readonly string[],
  sources: readonly ObjectSource[],
  host: Host,
): Unrendered {
  const folders = paths.filter(path => path !== '-' && host.isFolder(path));
  const files = new Map(
    folders.flatMap(folder => {
      const { files, placeOf } = listingOf(folder, host);
      return files.map(file => [placeOf(file), join(folder, file)] as const);
    }),
  );
  const homes = [...files.keys()].filter(file => basename(file) === 'Chart.yaml').map(dirname);
  const made = sources.flatMap(({ helm, places = [] }) => (helm === undefined ? [] : places));
  const isWhole = (home: string) => !homes.some(above => above !== home && isBelow(above, home));
  const charts = homes.filter(home => isWhole(home) && !made.some(place => isBelow(home, place)));
  const templates = [...files].filter(
    ([place]) =>
      /\/templates\/.*\.(ya?ml|tpl)$/.test(place) && charts.some(chart => isBelow(chart, place)),
  );
  return {
    charts: charts.length,
    chartReads: sum(templates.map(([, file]) => readsIn(file, host))),
    helmfiles: [...files.keys()].filter(file =>
      /(^|\/)(helmfile(\.[^/]*)?\.ya?ml|helmfile\.d\/[^/]*\.ya?ml|[^/]*\.gotmpl)$/.test(file),
    ).length,
  };
}

/** In bytes. Templates that people write are smaller. */
const MOST_BYTES = 1024 * 1024;

function readsIn(file: string, host: Host): number {
  if (host.kindOf(file) !== 'file' || host.sizeOf(file) > MOST_BYTES) return 0;
  const lines = textOf(file, host)
    .split('\n')
    .filter(line => !/^\s*#/.test(line));
  return sum(lines.map(line => line.match(READ)?.length ?? 0));
}

const READ = /\b(?:secretKeyRef|secretRef|secretName)\s*:/g;
