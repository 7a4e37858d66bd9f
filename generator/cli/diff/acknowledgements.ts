import { join } from 'node:path';
import { type Acknowledgements, acknowledgementsOf } from '../../report/diff/acknowledgements.ts';
import { checkReviewConfig, type ReviewConfig } from '../../risks/acknowledgements.ts';
import type { Host } from '../host.ts';
import { type ConfigFile, readConfigFile } from '../read-config.ts';

/** The file that is read when none is named: it comes with the change that it is about. */
const REVIEW = '.rem-secrets-review.yaml';

/**
 * Reads the acknowledgements: of the file that is named, or of the one in the folder of head. What
 * is wrong with the file is a finding, and then nothing is acknowledged.
 */
export function readAcknowledgements(
  named: string | undefined,
  host: Host,
  head: { readonly folder: string; readonly host: Host },
): Acknowledgements {
  const file: ConfigFile = { named, usual: join(head.folder, REVIEW) };
  const read = readConfigFile<ReviewConfig>(
    file,
    named === undefined ? head.host : host,
    checkReviewConfig,
  );
  if (Array.isArray(read)) return { entries: [], findings: read };
  if (typeof read !== 'string') return acknowledgementsOf(read.config, read.source);
  const finding = { id: 'unreadable', severity: 'error', message: read, field: '' } as const;
  return { entries: [], findings: [finding] };
}
