import { groupBy } from '../../ground/group-by.ts';
import { type SecretHealth, tellingLink } from '../../operate/doctor/diagnosis.ts';
import { shown } from '../graph/shown-names.ts';
import { oneLine } from '../one-line.ts';
import { nameText, placeText } from '../text.ts';
import { type DoctorReport, type ShownLink, shownLink } from './shown-link.ts';

/**
 * For people: of each Secret that does not arrive where it gets stuck first; of the others nothing. What
 * many are stuck at, such as a store, is told once.
 */
export function renderDoctorText({ diagnoses, placeOf }: DoctorReport): string {
  return diagnoses
    .flatMap(({ secrets }) => {
      const stuck = secrets.flatMap((health): Stuck[] => {
        const link = tellingLink(health);
        return link === undefined ? [] : [{ health, told: shownLink(link, placeOf) }];
      });
      return [...groupBy(stuck, causeOf).values()].flatMap(([first, ...others]) =>
        first === undefined ? [] : linesOf(first, others),
      );
    })
    .map(line => `${oneLine(line)}\n`)
    .join('');
}

/** A Secret, and the link that it is stuck at. */
interface Stuck {
  readonly health: SecretHealth;
  readonly told: ShownLink;
}

/** The same for all that are stuck at the same. */
function causeOf({ told: { link, state, message, evidence } }: Stuck): string {
  return JSON.stringify([link, state, message, evidence]);
}

function linesOf({ health, told }: Stuck, others: readonly Stuck[]): string[] {
  const { link, state, message = '', evidence, at, command } = told;
  const place = at === undefined ? '' : `${placeText(at)}: `;
  const words = state === 'unknown' ? `unknown, because ${message}` : message;
  const unseen = state === 'unknown' ? [] : linksThat(health, 'unknown');
  const blocked = linksThat(health, 'blocked');
  return [
    `${place}Secret ${nameOf(health)}: ${words} [${link}]`,
    ...evidence.map(
      ({ kind, text, age }) => `  ${kind}${age === undefined ? '' : ` (${age})`}: ${text}`,
    ),
    ...(command === undefined ? [] : [`  run: ${command}`]),
    ...(others.length === 0 ? [] : [`  the same of: ${namesIn(others)}`]),
    ...(unseen.length === 0 ? [] : [`  not known: ${unseen.join(', ')}`]),
    ...(blocked.length === 0 ? [] : [`  blocked by ${link}: ${blocked.join(', ')}`]),
  ];
}

/** How many names a line has; the JSON has all. */
const MOST = 20;

function namesIn(stuck: readonly Stuck[]): string {
  const names = stuck.slice(0, MOST).map(({ health }) => nameOf(health));
  const rest = stuck.length - names.length;
  return names.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function nameOf(secret: SecretHealth): string {
  return shown(nameText(secret));
}

function linksThat({ links }: SecretHealth, state: ShownLink['state']): string[] {
  return links.filter(({ verdict }) => verdict.state === state).map(({ link }) => link);
}
