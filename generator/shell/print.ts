import { basename, join, relative, resolve } from 'node:path';
import { pages } from '#validators/pages';
import packageJson from '../../package.json' with { type: 'json' };
import type { Finding } from '../core/finding.ts';
import { type Host, type Stream, textOf } from '../core/host.ts';
import { cutName, plainName } from '../core/kube-object.ts';
import { knownNames } from '../core/names.ts';
import { oncePerText } from '../core/once.ts';
import type { ReadSpec } from '../environments/read-spec.ts';
import {
  type Formats,
  findingFormats,
  rendered,
  type Shown,
  type TextOf,
} from '../report/finding.ts';
import { jsonText } from '../report/text.ts';
import { GENERATED } from '../spec/tree.ts';
import { isNamedFile } from '../world/inside.ts';
import { unreadCount } from '../world/kustomize/closure.ts';
import type { ManifestSet } from '../world/object-set.ts';
import type { ManifestSource } from '../world/source.ts';
import type { SourceFile } from '../yaml/places.ts';
import { type CommonOptions, exitCodes } from './command.ts';
import { wrongUsage } from './flags.ts';

/** The name of the working directory as one of an object, or `otherwise` where it can be none. */
export function folderName(otherwise: string, host: Host): string {
  const folder = basename(host.realPath('.') ?? host.cwd);
  // A Service, which may be named after it, begins with a letter.
  return cutName(plainName(folder).replace(/^[^a-z]+/, ''), LONGEST) || otherwise;
}

/** Longer names are made of it, such as `NAME-db-app`. */
const LONGEST = 40;

/** Whether a folder has a kustomization that `expand` writes for Argo CD or Flux. */
export function isDeployerFolder(folder: string, host: Host): boolean {
  const isPlaced = /(?:^|\/)(?:argocd|argocd\/applications|flux\/[^/]{1,100})$/.test(folder);
  return isPlaced && isGenerated(folder, host);
}

/** Whether the kustomization of a folder was made by `expand`. */
export function isGenerated(folder: string, host: Host): boolean {
  const file = join(folder, 'kustomization.yaml');
  return isNamedFile(file, host) && textOf(file, host).startsWith(GENERATED);
}

/** The folders that `expand` would write into, and that hold files of somebody else. */
export function foreignFolders(host: Host): string[] {
  const overlays = (host.entriesIn('overlays') ?? []).map(({ name }) => join('overlays', name));
  return ['base', ...overlays].filter(
    folder => host.kindOf(folder) === 'folder' && !isGenerated(folder, host),
  );
}

/** What cannot be read of manifests, and what is not read. */
export type Unseen = Readonly<Record<'broken' | 'unread', readonly Finding[]>>;

/** What is not seen of sources, each source once. */
export function unseenIn(sources: Iterable<ManifestSource>): Unseen {
  const all = [...new Set(sources)];
  const broken = all.flatMap(({ findings }) => findings);
  return { broken, unread: all.flatMap(({ unread = [] }) => unread) };
}

/** The same, source by source. */
export function notSeen(sources: Iterable<ManifestSource>): Finding[] {
  return [...new Set(sources)].flatMap(({ findings, unread = [] }) => [...unread, ...findings]);
}

/** Prints what is not seen of sets, and what else is wrong. Returns the exit code. */
export function tellUnread(
  sets: readonly ManifestSet[],
  host: Host,
  faults: readonly Finding[] = [],
): number {
  const { broken, unread } = unseenIn(sets.flatMap(({ sources }) => [...sources]));
  return tellUnseen({ broken: [...broken, ...faults], unread }, host);
}

/** Prints what is not seen. Returns the exit code. */
export function tellUnseen({ broken, unread }: Unseen, host: Host, where = 'not in it'): number {
  printFindings([...unread, ...broken], { format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: ${where}: ${unreadCount(unread.length)}\n`);
  return isAllSeen(broken) ? exitCodes.ok : exitCodes.findings;
}

/** Says what `buildNotes` has of all that was read. */
export function tellBuilds(notes: readonly string[], host: Host): void {
  if (notes.length > 0) host.stderr(`rem-secrets: ${[...new Set(notes)].join('; ')}\n`);
}

/** Whether no finding says that something could not be read. */
export function isAllSeen(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity === 'warning');
}

/** What reports need to know of this program and of the machine. */
export function shownOn({ cwd, hasColors }: Host, stream: Stream = 'stdout'): Shown {
  return {
    version: packageJson.version,
    pageOf,
    relativeFile: file => (file === 'stdin' ? file : relative(cwd, resolve(cwd, file))),
    hasColors: () => hasColors(stream),
  };
}

/** Prints a report in a format. */
export function printReport<T>(formats: Formats<T>, format: string, report: T, host: Host): void {
  host.stdout(rendered(formats, format, report, shownOn(host)));
}

function pageOf(rule: string): string | undefined {
  return Object.hasOwn(pages, rule) ? pages[rule] : undefined;
}

/** Prints the page of a rule. */
export function explain(rule: string, { format }: CommonOptions, host: Host): number {
  const page = pageOf(rule);
  const names = knownNames('rules', rule, Object.keys(pages));
  if (page === undefined) return wrongUsage(`there is no rule "${rule}". ${names}`);
  host.stdout(format === 'json' ? jsonText({ rule, page }) : page);
  return exitCodes.ok;
}

/** Prints findings: text to stderr, and what programs read to stdout. Returns the exit code. */
export function printFindings(
  findings: readonly Finding[],
  { format }: Pick<CommonOptions, 'format'>,
  host: Host,
): number {
  const list = { findings, textOf: textsOn(host) };
  if (format !== 'text') printReport(findingFormats, format, list, host);
  else host.stderrReport(rendered(findingFormats, format, list, shownOn(host, 'stderr')));
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** How faults are printed where the result is printed in formats that they have not. */
export function formatOfFaults({ format }: Pick<CommonOptions, 'format'>): {
  readonly format: 'json' | 'text';
} {
  return { format: format === 'json' ? format : 'text' };
}

/** The texts of files as the machine has them. */
export function textsOn(host: Host): TextOf {
  return oncePerText(file => (isNamedFile(file, host) ? textOf(file, host) : undefined));
}

/** The texts that findings are shown with, by file. */
export function textsOf(
  sources: ManifestSet['sources'],
  source: SourceFile | undefined,
  spec: ReadSpec | undefined,
  host: Host,
): TextOf {
  const files = sources.filter(({ isBuilt, text }) => !isBuilt && text !== undefined);
  const noCharts = new Set(sources.flatMap(({ helm, file }) => (helm === undefined ? file : [])));
  const ofSpec = spec ? [spec.source, ...(spec.source.parts ?? [])] : [];
  const all = [...files, ...(source ? [source] : []), ...ofSpec];
  const texts = new Map(all.map(({ file, text }) => [file, text]));
  // The files that a kustomization is built from. Findings at a kustomization itself mean no line.
  const others = textsOn(host);
  return file => texts.get(file) ?? (noCharts.has(file) ? undefined : others(file));
}
