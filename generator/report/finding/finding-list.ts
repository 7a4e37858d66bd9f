import type { Finding } from '../../ground/finding.ts';
import type { Shown } from '../format.ts';
import { flatFinding, jsonText } from '../json-text.ts';
import { colorsFor, findingBlock, type LineOf } from './finding-block.ts';

/** What is wrong with the input of a command, and the lines that it points at. */
export interface FindingList {
  readonly findings: readonly Finding[];
  readonly lineOf: LineOf;
}

/** For people: each with its line of the file, what to do, and the other end. */
export function renderFindingText(
  { findings, lineOf }: FindingList,
  { hasColors }: Pick<Shown, 'hasColors'>,
): string {
  const colors = colorsFor(hasColors());
  return findings.map(finding => findingBlock(finding, lineOf, colors)).join('\n');
}

/** For programs. */
export function renderFindingJson({ findings }: FindingList): string {
  return jsonText({ findings: findings.map(flatFinding) });
}
