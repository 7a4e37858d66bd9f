import { dirname, join } from 'node:path';
import type { Adoption } from '../../adopt/adopt.ts';
import type { Host } from '../../ground/host.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/sync-options.ts';
import { KEEP } from '../../kinds/flux/pruning.ts';
import { objectName } from '../../kinds/kind.ts';
import { differencesOf, type ImportReport } from '../../report/import/report.ts';
import { foreignFolders } from '../generated-folders.ts';
import { deployerAdvice } from './unseen.ts';

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
