import type { ObjectName, Place } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import type { ObjectField } from '../kinds/kind.ts';
import type { Formats } from '../report/format.ts';
import {
  flatObject,
  flatPlace,
  jsonText,
  nameText,
  oneLine,
  placeText,
  shown,
  shownObject,
} from '../report/text.ts';
import { type FieldPlace, shownField } from '../world/places.ts';
import { type Diagnosis, type Link, type SecretHealth, tellingLink } from './diagnosis.ts';

/** How Secrets are, for programs: every link, with every field. */
function renderDoctorJson({ diagnoses, placeOf }: DoctorReport): string {
  return jsonText({
    diagnoses: diagnoses.map(({ environment, newest, secrets }) => ({
      environment: environment === '' ? null : shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(health => ({
        namespace: health.namespace === '' ? null : shown(health.namespace),
        name: shown(health.name),
        state: stateOf(health),
        links: health.links.map(link => flatLink(shownLink(link, placeOf))),
      })),
    })),
  });
}

function stateOf(health: SecretHealth): string {
  return tellingLink(health)?.verdict.state ?? 'ok';
}

function flatLink({ link, state, evidence, object, at, ...said }: ShownLink): object {
  const { message = null, by = null, field = null, command = null } = said;
  return {
    link,
    state,
    by,
    message,
    ...flatObject(object),
    field,
    ...flatPlace(at),
    evidence: evidence.map(({ kind, text, age = null }) => ({ kind, text, age })),
    command,
  };
}

/**
 * For people: of each Secret that does not arrive where it gets stuck first; of the others nothing. What
 * many are stuck at, such as a store, is told once.
 */
function renderDoctorText({ diagnoses, placeOf }: DoctorReport): string {
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

/** `doctor`. */
export const doctorFormats: Formats<DoctorReport> = {
  text: { render: renderDoctorText },
  json: { render: renderDoctorJson },
};

/** What the formats are given: how the Secrets are, and where the manifests speak of them. */
interface DoctorReport {
  readonly diagnoses: readonly Diagnosis[];
  readonly placeOf: FieldPlace;
}

/** A link as reports show it. */
interface ShownLink {
  readonly link: Link['link'];
  readonly state: Link['verdict']['state'];
  /** What is broken, or why it is not known. */
  readonly message?: string;
  /** The link that has to be mended before. */
  readonly by?: Link['link'];
  readonly evidence: readonly {
    readonly kind: string;
    readonly text: string;
    readonly age?: string;
  }[];
  readonly object?: ObjectName;
  readonly field?: string;
  readonly at?: Place;
  readonly command?: string;
}

/** A cluster tells at any length. */
const LONGEST = 600;

/** A link with nothing in it that may not be shown. */
function shownLink({ link, verdict }: Link, placeOf: FieldPlace): ShownLink {
  const { state } = verdict;
  if (verdict.state === 'blocked') return { link, state, by: verdict.by, evidence: [] };
  if (verdict.state === 'ok') return { link, state, evidence: [] };
  const { command } = verdict;
  const mends = command === undefined ? {} : { command };
  if (verdict.state === 'unknown')
    return { link, state, message: said(verdict.because), evidence: [], ...mends };
  return {
    link,
    state,
    message: said(verdict.message),
    evidence: verdict.evidence.map(({ kind, text, age }) => ({
      kind,
      text: said(text),
      ...(age !== undefined && { age }),
    })),
    ...placed(verdict, placeOf),
    ...mends,
  };
}

function placed(place: ObjectField, placeOf: FieldPlace): Partial<ShownLink> {
  const { object, field, ...at } = shownField(place, placeOf);
  return { object: shownObject(object), field: shown(field), ...at };
}

/** Whoever wrote it may have quoted a value. */
function said(text: string): string {
  const whole = shown(text);
  return whole.length > LONGEST ? `${whole.slice(0, LONGEST)}…` : whole;
}
