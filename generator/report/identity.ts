import { createHash } from 'node:crypto';
import type { Finding } from '../core/finding.ts';
import { objectText } from './text.ts';

/**
 * What makes a finding the same in two runs: lines move, counts change and sentences are reworded, but
 * the rule, the object, the field and the names that the finding tells of stay.
 */
export interface Identity {
  readonly rule: string;
  /** `Deployment shop/web`, or the file of a finding about no object. */
  readonly subject: string;
  /** Without the indexes of lists, as an entry moves when one is put before it. */
  readonly field: string;
  /** What the message quotes; of a finding about no object the message. */
  readonly names: readonly string[];
}

type Identified = Pick<Finding, 'rule' | 'object' | 'field' | 'message' | 'at'>;

/** The identity of a finding or of a risk, by which a baseline, SARIF and a review know it again. */
export function identityOf({ rule, object, field, message, at }: Identified): Identity {
  const quoted = [...message.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name);
  return {
    rule,
    subject: object === undefined ? (at?.file ?? '') : objectText(object),
    field: field.replaceAll(/\[\d+\]/g, '[]'),
    names: object === undefined ? [message.replaceAll(/\d+/g, '#')] : quoted,
  };
}

/** An identity as a key of a map. */
export function identityKey({ rule, subject, field, names }: Identity): string {
  return JSON.stringify([rule, subject, field, names]);
}

/** Fingerprints of findings in their order; the second of two that are alike has another. */
export function fingerprints(): (finding: Identified) => string {
  const seen = new Map<string, number>();
  return finding => {
    const key = identityKey(identityOf(finding));
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return `${createHash('sha256').update(key).digest('hex').slice(0, 32)}:${count}`;
  };
}
