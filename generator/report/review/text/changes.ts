import { oneLine } from '../../one-line.ts';
import { someOf } from '../../shortened.ts';
import { type Bundle, bundleFacts, bundleNames, bundleTitle, moveOf } from '../bundles.ts';
import type { ChangedObject, ChangeGroup, ShownField } from '../review.ts';
import { valueLines } from '../value-lines.ts';
import { inWords, objectText, unitText } from '../words.ts';
import { where } from './words.ts';

const SIGNS = { added: '+', removed: '-', changed: '~', reordered: '~', replaced: '±' } as const;

/** Of what goes all is named; of what comes, or only moves, the beginning. */
export function bundleLines(bundle: Bundle): string[] {
  const { what, groups } = bundle;
  if (groups.length === 1) return changeLines(groups[0]);
  const { environments, outcome } = bundleFacts(bundle);
  const all = bundleNames(bundle);
  const names = what === 'removed' ? all : someOf(all, NAMED);
  const fate = outcome === undefined ? '' : `; ${oneLine(outcome)}`;
  return [`${SIGNS[what]} ${bundleTitle(bundle)}${where(environments)}: ${inWords(names)}${fate}`];
}

/** So many of what comes are named, and of what moves. */
const NAMED = 3;
const LISTED = 8;

function changeLines(group: ChangeGroup): string[] {
  const { objects, fields } = group;
  const move = moveOf(group);
  if (move !== undefined)
    return [
      `~ ${objects.length} objects${where([move.to])}, until now applied by ${unitText(move.from)}`,
      ...someOf(objects.map(objectText), LISTED).map(text => `    ${text}`),
    ];
  return [...objectLines(group), ...fields.flatMap(fieldLines)];
}

/** Of what changes in one way, which is told below, the beginning; of what goes or comes all. */
function objectLines({ what, objects }: ChangeGroup): string[] {
  const lines = objects.map(object => objectLine(what, object));
  const more = lines.length - LISTED;
  if (what !== 'changed' || more < 2) return lines;
  return [...lines.slice(0, LISTED), `${SIGNS[what]} ${more} more, in the same way`];
}

function objectLine(what: ChangeGroup['what'], object: ChangedObject): string {
  const { environment, movedFrom, pair, outcome } = object;
  const becomes = what === 'removed' ? 'becomes' : 'was';
  return [
    `${SIGNS[what]} ${objectText(object)}`,
    ...(pair === undefined ? [] : [`, ${becomes} ${objectText(pair)}`]),
    where([environment]),
    ...(movedFrom === undefined ? [] : [`, until now applied by ${unitText(movedFrom)}`]),
    ...(outcome === undefined
      ? []
      : [`; ${what === 'replaced' ? 'the old one is ' : ''}${oneLine(outcome)}`]),
  ].join('');
}

function fieldLines(shown: ShownField): string[] {
  const { what, field, base, head, isHidden } = shown;
  if (what === 'reordered') return [`    ~ ${oneLine(field)}: another order`];
  if (isHidden && base === head) return [`    ~ ${oneLine(field)}: changed, not shown`];
  return [
    `    ${SIGNS[what]} ${oneLine(field)}`,
    ...valueLines(shown).map(({ sign, text }) => `      ${sign} ${oneLine(text)}`),
  ];
}
