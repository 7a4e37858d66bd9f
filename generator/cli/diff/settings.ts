import { join } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { checkConfig, type LintConfig } from '../../lint/lint-config.ts';
import { type Acknowledgements, acknowledgementsOf } from '../../report/review/acknowledgements.ts';
import { checkReviewConfig, type ReviewConfig } from '../../review/risks/acknowledgements.ts';
import { LINT_CONFIG } from '../lint/config.ts';
import { readSettings } from '../read-config.ts';

/** The file that is read when none is named: it comes with the change that it is about. */
const REVIEW = '.rem-secrets-review.yaml';

/** A folder, and the machine that has it. */
export interface Folder {
  readonly folder: string;
  readonly host: Host;
}

/** What people have settled about the manifests of head, and what is wrong with the files. */
export interface Settings {
  readonly acknowledgements: Acknowledgements;
  readonly lint: LintConfig;
  readonly findings: readonly Finding[];
}

/**
 * Reads the acknowledgements and the config of lint: of the files that are named, or of those in
 * the folder of head. What is wrong with a file is a finding, and then nothing of it counts.
 */
export function readSettingsOf(
  named: { readonly acknowledgements?: string; readonly config?: string },
  host: Host,
  head: Folder,
): Settings {
  const review = readSettings<ReviewConfig>(
    ...fileOf(named.acknowledgements, REVIEW, host, head),
    checkReviewConfig,
  );
  const lint = lintOf(named.config, host, head);
  const acknowledgements = acknowledgementsOf(review.config, review.source);
  return {
    acknowledgements,
    lint: lint.config,
    findings: [...review.findings, ...acknowledgements.findings, ...lint.findings],
  };
}

/** What nobody applies, as the config says that is named, or base's own. */
export function excludedOf(named: string | undefined, host: Host, base: Folder): readonly string[] {
  return [...(lintOf(named, host, base).config.exclude ?? [])].sort();
}

function lintOf(
  named: string | undefined,
  host: Host,
  side: Folder,
): ReturnType<typeof readSettings<LintConfig>> {
  return readSettings<LintConfig>(...fileOf(named, LINT_CONFIG, host, side), checkConfig);
}

/** A file that is named is the caller's, and one that is not lies in the folder of a side. */
function fileOf(name: string | undefined, usual: string, host: Host, side: Folder) {
  return [
    { named: name, usual: join(side.folder, usual) },
    name === undefined ? side.host : host,
  ] as const;
}
