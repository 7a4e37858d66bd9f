import type { Adoption } from '../../adopt/adopt.ts';
import { coverageOf } from '../../adopt/coverage.ts';
import { homeless, type Wanted } from '../../adopt/wanted.ts';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { locate } from '../../ground/locate.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import { differencesOf, type ImportReport } from '../../report/import/report.ts';
import { runSets } from '../lint/run.ts';
import type { ReadEnvironment } from './read-environments.ts';

/** Whether all was read, and all comes out as it is. */
export function isWhole(report: ImportReport): boolean {
  const isRead = report.unread.every(({ rule }) => rule === SKIPPED);
  return isRead && report.faults.length === 0 && differencesOf(report).differing === 0;
}

/** A file of a folder that can be no manifest. What else is not read may have objects. */
const SKIPPED = 'skipped-file';

/** What was read, what the spec makes of it, and in what the two differ. Nothing is written yet. */
export function reportOf(
  file: string,
  read: readonly ReadEnvironment[],
  all: readonly Wanted[],
  { text, drafts, proofs, faults }: Adoption,
  host: Host,
): ImportReport {
  return {
    file,
    outcome: 'refused',
    advice: [],
    findings: lintFindings(read, host),
    unread: read.flatMap(unreadIn),
    faults: locate(faults, { file, text }),
    environments: all.map((wanted, index) => ({
      environment: wanted.name,
      namespace: wanted.namespace,
      objects: proofs[index]?.objects ?? wanted.items.length,
      changes: proofs[index]?.changes ?? [],
      coverage: drafts.slice(index, index + 1).flatMap(coverageOf),
      homeless: homeless(read[index] ?? wanted).length,
      ...placeOf(read[index]),
    })),
  };
}

/** Where an environment was read from, when that is one place. */
function placeOf(found: ReadEnvironment | undefined): { readonly from?: string } {
  const [only, ...others] = found?.sources ?? [];
  return only === undefined || others.length > 0 || only.file === 'stdin'
    ? {}
    : { from: only.name };
}

/** What was not read of an environment. */
export function unreadIn({ sources }: ReadEnvironment): Finding[] {
  return sources.flatMap(source => [...source.findings, ...(source.unread ?? [])]);
}

/** Each environment by itself. */
export function setsOf(read: readonly ReadEnvironment[]): ManifestSet[] {
  return read.map(({ sources }) => ({ sources, context: [], outside: nothingOutside }));
}

/** What `lint` says of the manifests: it does not keep them from being imported. */
function lintFindings(read: readonly ReadEnvironment[], host: Host): readonly Finding[] {
  const sets = setsOf(read);
  const unread = new Set(read.flatMap(unreadIn).map(finding => JSON.stringify(finding)));
  const run = runSets(sets, { config: {}, strict: false }, placesFor(sets, host), host);
  return run.findings.filter(finding => !unread.has(JSON.stringify(finding)));
}
