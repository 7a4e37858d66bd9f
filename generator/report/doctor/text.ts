import { type SecretHealth, tellingLink } from '../../operate/doctor/diagnosis.ts';
import { shown } from '../graph/shown-names.ts';
import { oneLine } from '../one-line.ts';
import { type DoctorReport, type ShownLink, shownLink } from './shown-link.ts';

/** For people: of each Secret that does not arrive where it gets stuck first; of the others nothing. */
export function renderDoctorText({ diagnoses, placeOf }: DoctorReport): string {
  return diagnoses
    .flatMap(({ secrets }) =>
      secrets.flatMap(health => {
        const link = tellingLink(health);
        if (link === undefined) return [];
        return linesOf(health, shownLink(link, placeOf)).map(line => `${oneLine(line)}\n`);
      }),
    )
    .join('');
}

function linesOf(health: SecretHealth, told: ShownLink): string[] {
  const { link, state, message = '', evidence, at, command } = told;
  const name = shown(health.namespace === '' ? health.name : `${health.namespace}/${health.name}`);
  const place = at === undefined ? '' : `${at.file}:${at.line}:${at.column}: `;
  const words = state === 'unknown' ? `unknown, because ${message}` : message;
  const unseen = state === 'unknown' ? [] : linksThat(health, 'unknown');
  const blocked = linksThat(health, 'blocked');
  return [
    `${place}Secret ${name}: ${words} [${link}]`,
    ...evidence.map(
      ({ kind, text, age }) => `  ${kind}${age === undefined ? '' : ` (${age})`}: ${text}`,
    ),
    ...(command === undefined ? [] : [`  run: ${command}`]),
    ...(unseen.length === 0 ? [] : [`  not known: ${unseen.join(', ')}`]),
    ...(blocked.length === 0 ? [] : [`  blocked by ${link}: ${blocked.join(', ')}`]),
  ];
}

function linksThat({ links }: SecretHealth, state: ShownLink['state']): string[] {
  return links.filter(({ verdict }) => verdict.state === state).map(({ link }) => link);
}
