import { shortened } from '../../shortened.ts';
import { type AwsCalls, callsText } from '../aws-calls.ts';
import { type Bundle, bundleFacts, bundleNames, bundleTitle, moveOf } from '../bundles.ts';
import { fateOf, refreshChange, sourceChanges } from '../effect-details.ts';
import { linesOf } from '../manifest-lines.ts';
import type { ChangedObject, ChangeGroup, SecretEffect, ShownField } from '../review.ts';
import { valueLines } from '../value-lines.ts';
import { secretText, unitText } from '../words.ts';
import { code, diffBlock, prose } from './escape.ts';
import type { Unit } from './fill.ts';
import { closed, inEnvironments, objectCode } from './words.ts';

/** Changes on one line, and with the fields that differ, or what comes or goes. */
export function bundleUnit(bundle: Bundle): Unit {
  const { what, groups } = bundle;
  const [first] = groups;
  const line = groups.length > 1 ? manyText(bundle) : changeText(first);
  const text = `${line}\n\n`;
  const count = groups.length;
  const { before, after } = closed(line);
  const full = (content: string): Unit => ({ text, count, full: `${before}${content}${after}` });
  if (first.fields.length > 0) return full(diffBlock(first.fields.flatMap(fieldLines)));
  if (what !== 'added') return { text, count };
  return full(groups.map(group => diffBlock(manifestLines(group))).join('\n'));
}

function changeText(group: ChangeGroup): string {
  const { what, objects } = group;
  const move = moveOf(group);
  if (move === undefined)
    return `${what} ${shortened(objects.map(object => objectText(what, object))).join('; ')}`;
  const names = shortened(objects.map(objectCode)).join(', ');
  return `moved ${objects.length} objects from ${code(unitText(move.from))} to ${code(unitText(move.to))}: ${names}`;
}

function manyText(bundle: Bundle): string {
  const { environments, outcome } = bundleFacts(bundle);
  const names = bundleNames(bundle).map(name => code(name));
  const some = bundle.what === 'removed' ? names : shortened(names);
  const fate = outcome === undefined ? '' : `; ${prose(outcome)}`;
  return `${bundle.what} ${code(bundleTitle(bundle))}${inEnvironments(environments)}: ${some.join(', ')}${fate}`;
}

/** What comes, as lines of a diff. */
function manifestLines({ manifests }: ChangeGroup): string[] {
  const { head } = manifests();
  return head === undefined ? [] : linesOf(head).map(line => `+ ${line}`);
}

function objectText(
  what: ChangeGroup['what'],
  { environment, movedFrom, pair, outcome, ...object }: ChangedObject,
): string {
  const other =
    pair === undefined ? '' : `, ${what === 'removed' ? 'becomes' : 'was'} ${objectCode(pair)}`;
  const old = what === 'replaced' ? '; the old one is ' : ': ';
  const fate = outcome === undefined ? '' : `${old}${prose(outcome)}`;
  const move = movedFrom === undefined ? '' : `, until now applied by ${code(unitText(movedFrom))}`;
  return `${objectCode(object)}${inEnvironments([environment])}${other}${move}${fate}`;
}

/** A field that differs, and below it the lines. */
function fieldLines(shown: ShownField): string[] {
  const { what, field, base, head, isHidden } = shown;
  const title = `@@ ${field} @@`;
  if (what === 'reordered') return [`${title} another order`];
  if (isHidden && base === head) return [`${title} changed, not shown`];
  return [
    title,
    ...valueLines(shown).map(({ sign, text }) =>
      sign === '…' ? `@@ ${text} @@` : `${sign} ${text}`,
    ),
  ];
}

/** What becomes of a Secret, on one line. */
export function effectUnit(effect: SecretEffect): Unit {
  const { environments, base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return { text: '' };
  const keys = signed(addedKeys, removedKeys);
  const sources = sourceChanges(effect).map(
    ({ source, added, removed }) =>
      `from ${code(source)} ${shortened(signed(added, removed)).join(' ')}`,
  );
  const refresh = refreshChange(effect);
  const readers = secret.readers.map(
    ({ pickup, ...reader }) => `${objectCode(reader)} (${pickup})`,
  );
  const parts = [
    fateOf(effect).text,
    ...(keys.length > 0 ? [`keys ${shortened(keys).join(' ')}`] : []),
    ...sources,
    ...(refresh === undefined ? [] : [`refresh ${code(refresh)}`]),
    ...(readers.length > 0 ? [`read by ${shortened(readers).join(', ')}`] : []),
  ];
  const name = code(secretText(secret));
  return { text: `- ${name}${inEnvironments(environments)}: ${parts.join('; ')}\n` };
}

/** What ESO asks AWS for, on one line. */
export function callsUnit(calls: AwsCalls): Unit {
  const name = calls.environment === '' ? 'manifests' : code(calls.environment);
  return { text: `- ${name}: ${prose(callsText(calls))}\n` };
}

function signed(added: readonly string[], removed: readonly string[]): string[] {
  return [...added.map(key => `+${code(key)}`), ...removed.map(key => `−${code(key)}`)];
}
