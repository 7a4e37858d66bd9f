import { basename, dirname, join, relative } from 'node:path';
import type { Document as ReviewConfig } from '#validators/rem-secrets-review';
import { validate as validateReview } from '#validators/rem-secrets-review';
import type { Fault, Finding, Outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isSame } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { maskMessage } from '../core/shown.ts';
import { checkDocument, invalidEntry } from '../lint/accept.ts';
import { checkConfig, LINT_CONFIG, type LintConfig } from '../lint/config.ts';
import { rules } from '../lint/rules.ts';
import { isAt } from '../report/shown.ts';
import { readSettings } from '../shell/config.ts';
import { excluding } from '../world/folders.ts';
import { leftAt, type NamedSide, sideOf } from '../world/git.ts';
import { type Blobs, blobsIn, commitHost } from '../world/git-tree.ts';
import { isBelow, rootOf } from '../world/inside.ts';
import type { Allowed } from '../world/programs.ts';
import { parseShared } from '../yaml/parse.ts';
import { locate, placesIn, type SourceFile } from '../yaml/places.ts';
import type { Both } from './diff.ts';
import { environmentSides, hasNoEnvironments } from './environments.ts';
import { worldSides } from './pair.ts';
import { type Acknowledgement, notice } from './review.ts';
import { riskRules } from './risk-rules.ts';
import type { Folder, ReadSides, Settings, SideOptions, SidePlace } from './side.ts';
import { isAbsentBeside, madeTree, refusedSpec, staleBelow } from './side.ts';

export interface NamedSides extends Allowed {
  readonly file: string;
  readonly namespace?: string;
  readonly base: string;
  readonly head: string;
  readonly acknowledgements?: string;
  readonly config?: string;
}

/** Reads both sides. A side is a path, or a revision of git. */
export async function sidesOf(options: NamedSides, host: Host): Promise<ReadSides> {
  const { file, namespace = '' } = options;
  const namedHead = namedSide(options.head, options.base, host);
  const namedBase = leftAt(namedSide(options.base, options.head, host), namedHead, host);
  const blobs = blobsIn(host);
  const base = placeOf(namedBase, file, host, blobs);
  const head = placeOf(namedHead, file, host, blobs);
  // Base's list counts on both sides: a change that adds itself to the list would hide itself.
  const { exclude = [] } = lintConfigOf(options.config, host, base).config;
  const excluded = exclude.filter(name => !isAround(name, base) && !isAround(name, head)).sort();
  const [before, after] = [without(base, excluded), without(head, excluded)];
  let next = 0;
  const shared = { parse: parseShared, number: () => next++ };
  const read = await readSides(before, after, { allowed: options, namespace, ...shared });
  return {
    ...read,
    stale: [...(read.stale ?? []), ...staleBelow(before, after)],
    labels: { base: namedBase.label, head: namedHead.label },
    settings: settingsOf(options, host, { base, head }),
    excluded: excluded.filter(name => isBelow(...placesOf(base, name))),
  };
}

function namedSide(text: string, otherText: string, host: Host): NamedSide {
  return isAbsentBeside(text, otherText, host) ? { label: text, path: text } : sideOf(text, host);
}

function placeOf(side: NamedSide, spec: string, host: Host, blobs: Blobs): SidePlace {
  const folder = dirname(spec);
  const usual = { path: folder, folder, file: basename(spec) };
  if ('commit' in side) return { ...usual, host: commitHost(side.commit, host, blobs) };
  if ('nothing' in side) return { ...usual, host: host.scratchFolder().below('tree') };
  const { path } = side;
  if (path === undefined) return { ...usual, host };
  return { ...usual, path, folder: host.kindOf(path) === 'folder' ? path : dirname(path), host };
}

function without(place: SidePlace, excluded: readonly string[]): SidePlace {
  const { host } = place;
  return { ...place, host: excluding(host, lintFolder(place), excluded) };
}

function isAround(name: string, side: Folder): boolean {
  const [folder, place] = placesOf(side, name);
  return isBelow(place, folder);
}

function placesOf(side: Folder, name: string): [folder: string, place: string] {
  const placeOf = (path: string): string => side.host.realPath(path) ?? path;
  return [placeOf(side.folder), join(placeOf(lintFolder(side)), name, '.')];
}

/** The folder whose config of lint counts for a side: its own or, as that is read as well, its repository's. */
const lintFolder = oncePer(({ folder, host }: Folder): string => {
  if (host.kindOf(join(folder, LINT_CONFIG)) !== undefined) return folder;
  const root = rootOf(folder, host);
  const hasConfig = root !== undefined && host.kindOf(join(root, LINT_CONFIG)) !== undefined;
  return hasConfig ? relative(host.realPath('.') ?? host.cwd, root) || '.' : folder;
});

async function readSides(base: SidePlace, head: SidePlace, options: SideOptions) {
  const withoutSpec = [base, head].filter(
    ({ path, file, host }) => host.kindOf(join(path, file)) === undefined,
  );
  if (withoutSpec.length === 2) return worldSides(base, head, options);
  const isRefused = [base, head].some(side => refusedSpec(side).length > 0);
  const empty = withoutSpec.map(side => hasNoEnvironments(side, options));
  if (isRefused || (await Promise.all(empty)).every(isEmpty => isEmpty))
    return environmentSides(base, head, options);
  const { findings: stale } = madeTree(head, 'What stands there is compared');
  return { ...(await worldSides(base, head, options)), stale };
}

/** The file that is read when none is named: it comes with the change that it is about. */
const REVIEW = '.rem-secrets-review.yaml';

/** Settings that hide something are those of base, as a change could else hide itself. A faulty file has no effect. */
function settingsOf(
  named: Pick<NamedSides, 'acknowledgements' | 'config'>,
  host: Host,
  { base, head }: Both<Folder>,
): Settings {
  const before = settingsIn(undefined, REVIEW, base, host, checkReviewConfig);
  const review = settingsIn(named.acknowledgements, REVIEW, head, host, checkReviewConfig);
  const lint = lintConfigOf(named.config, host, head);
  const lintBefore = lintConfigOf(named.config, host, base);
  const { accept = [] } = lintBefore.config;
  const { entries, findings } = acknowledgementsOf(review.config, review.source);
  const judged = named.acknowledgements === undefined ? ['shows' as const] : [];
  const { shows = [] } = before.config;
  return {
    acknowledgements: entries,
    isShown: (kind, path) =>
      shows.some(entry => entry.kind === kind && entry.paths.some(field => isAt(path, field))),
    lint: { ...lint.config, accept },
    findings: [
      ...review.findings,
      ...findings,
      ...lint.findings,
      ...changedSettings(LINT_CONFIG, ['accept', 'exclude'], lintBefore, lint, OF_BASE),
      ...changedSettings(LINT_CONFIG, ['outside', 'inventory'], lintBefore, lint, OF_HEAD),
      ...changedSettings(REVIEW, judged, before, review, OF_BASE),
    ],
  };
}

const OF_BASE = {
  goes: 'the review goes by what base says there',
  hint: 'It counts as soon as it is merged. A risk or an error that is meant can be acknowledged in .rem-secrets-review.yaml.',
};
const OF_HEAD = {
  goes: 'the review assumes that what head lists there exists',
  hint: 'Make sure that it does: what reads it is not reported as broken.',
};

type Read<T> = ReturnType<typeof readSettings<T>>;

function changedSettings<T extends object>(
  file: string,
  fields: readonly (keyof T & string)[],
  before: Read<Partial<T>>,
  after: Read<Partial<T>>,
  { goes, hint }: typeof OF_BASE,
): Finding[] {
  const [was, is] = [before.config, after.config];
  const changed = fields.filter(field => !isSame(was[field] ?? [], is[field] ?? []));
  if (changed.length === 0) return [];
  const message = `${file} changes ${changed.join(' and ')}: ${goes}`;
  const at = after.source && { file: after.source.file, line: 1, column: 1 };
  return [{ ...notice('changed-settings', message, hint), ...(at && { at }) }];
}

function lintConfigOf(named: string | undefined, host: Host, side: Folder) {
  const around = { ...side, folder: lintFolder(side) };
  return settingsIn<LintConfig>(named, LINT_CONFIG, around, host, checkConfig);
}

function settingsIn<T extends object>(
  named: string | undefined,
  usual: string,
  side: Folder,
  host: Host,
  check: (document: unknown) => Outcome<T>,
): Read<T> {
  const places = { named, usual: join(side.folder, usual) };
  return readSettings<T>(places, named === undefined ? side.host : host, check);
}

/** A document as what `.rem-secrets-review.yaml` says; an empty one says nothing. */
export function checkReviewConfig(document: unknown): Outcome<ReviewConfig> {
  return checkDocument<ReviewConfig>(document, validateReview);
}

function acknowledgementsOf({ acknowledge = [] }: ReviewConfig, source: SourceFile | undefined) {
  const places = source === undefined ? undefined : placesIn(source);
  const faults: Fault[] = [];
  const entries: Acknowledgement[] = [];
  for (const [index, entry] of acknowledge.entries()) {
    const path = ['acknowledge', index];
    const fault = invalidEntry(entry, WORDS);
    const at = places?.({ path });
    const reason = maskMessage((entry.reason ?? '').trim());
    if (fault === undefined) entries.push({ ...entry, reason, ...(at !== undefined && { at }) });
    else faults.push({ id: 'acknowledgement', ...fault, path: [...path, ...fault.path] });
  }
  return { entries, findings: locate(faults, source) };
}

const WORDS = {
  noun: 'acknowledgement',
  verb: 'acknowledges',
  rules: new Set([...riskRules, ...rules].map(({ id }) => id)),
};
