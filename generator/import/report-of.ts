import { dirname, join } from 'node:path';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { placesFor } from '../environments/places.ts';
import { SYNC_OPTIONS } from '../kinds/argocd/application.ts';
import { KEEP } from '../kinds/flux/kustomization.ts';
import { objectName } from '../kinds/kind.ts';
import { runSets } from '../lint/run.ts';
import { foreignFolders } from '../shell/print.ts';
import { type ManifestSet, nothingOutside } from '../world/object-set.ts';
import { locate } from '../yaml/places.ts';
import type { Adoption } from './adopt.ts';
import type { ReadEnvironment } from './read.ts';
import { coverageOf, coveredShort, differencesOf, type ImportReport } from './report.ts';
import { deployerAdvice } from './unseen.ts';
import { homeless, type Wanted } from './wanted.ts';

interface AdviceOptions {
  readonly out?: string;
  readonly isWritten: boolean;
  /** What the spec that was there said, and the new one does not. */
  readonly unseen: readonly string[];
}

/** What to do next, a line each. */
export function adviceFor(
  report: ImportReport,
  adoption: Adoption,
  options: AdviceOptions,
  host: Host,
): string[] {
  const { file } = report;
  if (!options.isWritten) {
    const what =
      report.faults.length > 0
        ? 'the spec has faults'
        : `not all ${differencesOf(report).differing > 0 ? 'comes out as it is' : 'was read'}`;
    const partial =
      report.faults.length > 0 ? '' : '; --partial writes the spec of what does, to go on by hand';
    return [`${file} is not written: ${what}${partial}`];
  }
  const flag = file === 'rem-secrets.yaml' ? '' : ` --file ${file}`;
  const [taken] = options.out === undefined ? foreignFolders(host) : [];
  const expand =
    taken !== undefined
      ? `rem-secrets${flag} expand --out rem-secrets    # ${taken}/ here is yours, and stays`
      : `rem-secrets${flag} expand    # writes base/ and overlays/ beside it`;
  return [
    `${file} is written; next:`,
    `  ${expand}`,
    ...diffAdvice(report, taken !== undefined ? 'rem-secrets' : dirname(file)),
    ...options.unseen,
    ...deployerAdvice(report, adoption, host),
    ...keepAdvice(report),
  ];
}

/** Before anything is applied: the manifests that are there against the new tree. */
function diffAdvice({ environments }: ImportReport, tree: string): string[] {
  return environments.flatMap(({ environment, from }) => {
    if (from === undefined) return [];
    const made = join(tree, environment === '' ? 'base' : `overlays/${environment}`);
    return [`  rem-secrets diff --base path:${from} --head path:${made}`];
  });
}

/** A Secret that is in Git today, and would not be tomorrow, is pruned: its values go with it. */
function keepAdvice({ environments }: ImportReport): string[] {
  const manual = environments.flatMap(({ coverage }) =>
    coverage.filter(({ rung }) => rung === 'manual').map(({ object }) => objectName(object)),
  );
  const names = [...new Set(manual.map(({ namespace, name }) => `${namespace ?? ''}/${name}`))];
  return names.length === 0
    ? []
    : [
        `keep ${names.sort().join(', ')}: the new tree has no Secrets with values, and a sync that prunes deletes them;`,
        `  annotate them first (${SYNC_OPTIONS}: Prune=false, ${KEEP}), or put the values into a store`,
      ];
}

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
