import type { Fault, Finding } from '../../ground/finding.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { locate, placesIn, type SourceFile } from '../../ground/locate.ts';
import { maskMessage } from '../../ground/mask/text.ts';
import { objectPattern } from '../../lint/entry.ts';
import {
  type AcknowledgeEntry,
  invalidAcknowledgement,
  type ReviewConfig,
} from '../../review/risks/acknowledgements.ts';
import type { Acknowledgement, ReviewedRisk } from './review.ts';

/** An acknowledgement, and the risks that it is about. */
export interface AcknowledgementEntry extends Acknowledgement {
  readonly covers: (risk: Pick<ReviewedRisk, 'rule' | 'object'>, environment: string) => boolean;
}

/** The acknowledgements of a change, and what is wrong with those that have no effect. */
export interface Acknowledgements {
  readonly entries: readonly AcknowledgementEntry[];
  readonly findings: readonly Finding[];
}

/** The acknowledgements that a file lists. */
export function acknowledgementsOf(
  { acknowledge = [] }: ReviewConfig,
  source: SourceFile | undefined,
): Acknowledgements {
  const places = source === undefined ? undefined : placesIn(source);
  const faults: Fault[] = [];
  const entries: AcknowledgementEntry[] = [];
  for (const [index, entry] of acknowledge.entries()) {
    const path = ['acknowledge', index];
    const fault = invalidAcknowledgement(entry);
    if (fault === undefined) entries.push({ ...covering(entry), ...at(places?.({ path })) });
    else faults.push({ id: 'acknowledgement', ...fault, path: [...path, ...fault.path] });
  }
  return { entries, findings: locate(faults, source) };
}

function covering(entry: AcknowledgeEntry): AcknowledgementEntry {
  const { reason = '', environment: wanted = '*' } = entry;
  const isAbout = objectPattern(entry.object);
  return {
    ...entry,
    reason: maskMessage(reason.trim()),
    covers: ({ rule, object }, environment) =>
      rule === entry.rule && isAbout(object) && matchesGlob(wanted, environment),
  };
}

/** An acknowledgement as it is shown. */
export function acknowledgementOf({ covers: _, ...shown }: AcknowledgementEntry): Acknowledgement {
  return shown;
}

function at(place: Acknowledgement['at']): Pick<Acknowledgement, 'at'> {
  return place === undefined ? {} : { at: place };
}

/** In words, what is wrong with an acknowledgement that no risk needs. */
export function unusedText({ rule, object, environment }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${environment}`;
  return `nothing is acknowledged here: "${object}" has no risk "${rule}"${where}; remove the entry, or mend the name: Kind/namespace/name`;
}
