import type { Adoption } from '../../adopt/adopt.ts';
import { coverageOf, coveredShort } from '../../adopt/coverage.ts';
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
export function isWholeImport(report: ImportReport): boolean {
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
  adoption: Adoption,
  host: Host,
): ImportReport {
  const { text, proofs, faults } = adoption;
  return {
    file,
    outcome: 'refused',
    advice: [],
    findings: lintFindings(read, adoption, host),
    unread: read.flatMap(unreadIn),
    faults: locate(faults, { file, text }),
    environments: [
      ...all.map((wanted, index) => ({
        environment: wanted.name,
        namespace: wanted.namespace,
        objects: proofs[index]?.objects ?? wanted.objects.length,
        changes: proofs[index]?.changes ?? [],
        coverage: coverageOf(wanted, adoption),
        homeless: homeless(read[index] ?? wanted).length,
        ...placeOf(read[index]),
      })),
      ...adoption.deployers.map(proof => ({
        ...proof,
        namespace: '',
        coverage: (adoption.tree.folders.get(proof.environment) ?? []).map(coveredShort),
        homeless: 0,
      })),
    ],
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

/** Each environment by itself, among what its cluster has. */
export function setsOf(
  read: readonly ReadEnvironment[],
  clusterOf: Adoption['clusterOf'] = new Map(),
): ManifestSet[] {
  return read.map(({ name, sources }) => {
    const around = read.filter(other => other.name === clusterOf.get(name));
    const context = around.flatMap(other => [...other.sources]);
    return { sources, context, outside: nothingOutside };
  });
}

/** What `lint` says of the manifests: it does not keep them from being imported. */
function lintFindings(
  read: readonly ReadEnvironment[],
  { clusterOf }: Adoption,
  host: Host,
): readonly Finding[] {
  const sets = setsOf(read, clusterOf);
  const unread = new Set(read.flatMap(unreadIn).map(finding => JSON.stringify(finding)));
  const run = runSets(sets, { config: {}, strict: false }, placesFor(sets, host), host);
  return run.findings.filter(finding => !unread.has(JSON.stringify(finding)));
}
