import type { ObjectName, Place } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { wordsOfProgram } from '../core/shown.ts';
import { secretId } from '../graph/secret-graph.ts';
import type { ObjectField } from '../kinds/kind.ts';
import type { Formats } from '../report/format.ts';
import {
  firstOf,
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
import { type Evidence, LINKS, type LinkName } from './verdict.ts';

interface DoctorReport {
  readonly diagnoses: readonly Diagnosis[];
  readonly placeOf: FieldPlace;
}

export const doctorFormats: Formats<DoctorReport> = {
  text: { render: renderDoctorText },
  json: { render: renderDoctorJson },
};

function renderDoctorJson({ diagnoses, placeOf }: DoctorReport): string {
  return jsonText({
    diagnoses: diagnoses.map(({ environment, newest, secrets }) => ({
      environment: environment === '' ? null : shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(health => ({
        namespace: health.namespace === '' ? null : shown(health.namespace),
        name: shown(health.name),
        state: tellingLink(health)?.verdict.state ?? 'ok',
        links: health.links.map(link => flatLink(shownLink(link, placeOf))),
      })),
    })),
  });
}

function flatLink({ link, state, evidence, ...more }: ShownLink): object {
  const { message = null, by = null, command = null } = more;
  return {
    link,
    state,
    by,
    message,
    ...flatField(more),
    evidence: evidence.map(({ kind, text, age = null }) => ({ kind, text, age })),
    command,
  };
}

/** For people: the first link at which each Secret is stuck; what several are stuck at, such as a store, once, where it begins. */
function renderDoctorText({ diagnoses, placeOf }: DoctorReport): string {
  return diagnoses
    .flatMap(({ secrets }) => {
      const stuck = secrets.flatMap((health): Stuck[] => {
        const link = tellingLink(health);
        return link === undefined ? [] : [{ health, at: shownLink(link, placeOf) }];
      });
      const causeOf = ({ at: { state, message, evidence } }: Stuck): string =>
        JSON.stringify([state, message, evidence]);
      const originOf = originsOf(stuck);
      return [...groupBy(stuck, one => causeOf(originOf(one)))].flatMap(([cause, all]) => {
        const told = all.filter(one => causeOf(one) === cause);
        const first = told.reduce(
          (a, b) => (isBefore(b.at.link, a.at.link) ? b : a),
          told[0] ?? all[0],
        );
        return linesOf([first, ...all.filter(one => one !== first)]);
      });
    })
    .map(line => `${oneLine(line)}\n`)
    .join('');
}

interface Stuck {
  readonly health: SecretHealth;
  readonly at: ShownLink;
}

function isBefore(link: LinkName, later: LinkName): boolean {
  return LINKS.indexOf(link) < LINKS.indexOf(later);
}

/** Where the cause of each is told: at the Secret that it needs, if that is stuck before it is whole. */
function originsOf(all: readonly Stuck[]): (stuck: Stuck) => Stuck {
  const byId = new Map(
    all.map(stuck => [secretId(stuck.health.namespace, stuck.health.name), stuck]),
  );
  const isMissing = ({ at: { link, state } }: Stuck): boolean =>
    state === 'broken' && isBefore(link, 'pods');
  return stuck => {
    let origin = stuck;
    for (const visited = new Set<Stuck>(); !visited.has(origin); ) {
      visited.add(origin);
      origin = origin.health.needs.flatMap(id => byId.get(id) ?? []).find(isMissing) ?? origin;
    }
    return origin;
  };
}

function linesOf([{ health, at }, ...more]: readonly [Stuck, ...Stuck[]]): string[] {
  const { link, state, message = '', evidence, command } = at;
  const words = state === 'unknown' ? `unknown, because ${message}` : message;
  const names = more.map(stuck => nameOf(stuck.health));
  const listed = (name: string, items: readonly string[]): string[] =>
    items.length === 0 ? [] : [`  ${name}: ${items.join(', ')}`];
  return [
    `${placePrefix(at)}Secret ${nameOf(health)}: ${words} [${link}]`,
    ...evidence.map(
      ({ kind, text, age }) => `  ${kind}${age === undefined ? '' : ` (${age})`}: ${text}`,
    ),
    ...(command === undefined ? [] : [`  run: ${command}`]),
    ...(more.length === 0 ? [] : [`  the same keeps back: ${firstOf(names, MOST)}`]),
    ...listed('not known', state === 'unknown' ? [] : linksThat(health, 'unknown')),
    ...listed(`blocked by ${link}`, linksThat(health, 'blocked')),
  ];
}

const MOST = 20;

function nameOf(secret: SecretHealth): string {
  return shown(nameText(secret));
}

function linksThat({ links }: SecretHealth, state: ShownLink['state']): string[] {
  return links.filter(({ verdict }) => verdict.state === state).map(({ link }) => link);
}

interface ShownLink extends Partial<ShownPlace> {
  readonly link: Link['link'];
  readonly state: Link['verdict']['state'];
  readonly message?: string;
  readonly by?: Link['link'];
  readonly evidence: readonly Evidence[];
  readonly command?: string | undefined;
}

function shownLink({ link, verdict }: Link, placeOf: FieldPlace): ShownLink {
  const { state } = verdict;
  if (state === 'blocked') return { link, state, by: verdict.by, evidence: [] };
  if (state === 'ok') return { link, state, evidence: [] };
  const { command } = verdict;
  if (state === 'unknown')
    return { link, state, message: shownWords(verdict.because), evidence: [], command };
  const evidence = verdict.evidence.map(one => ({ ...one, text: shownWords(one.text) }));
  const message = shownWords(verdict.message);
  return { link, state, message, evidence, ...shownPlace(verdict, placeOf), command };
}

/** A message of the cluster, in which its writer may have quoted a value. */
function shownWords(text: string): string {
  return oneLine(wordsOfProgram(text));
}

export interface ShownPlace {
  readonly object: ObjectName;
  readonly field: string;
  readonly at?: Place;
}

export function shownPlace(place: ObjectField, placeOf: FieldPlace): ShownPlace {
  const { object, field, ...at } = shownField(place, placeOf);
  return { object: shownObject(object), field: shown(field), ...at };
}

/** The same for programs, which find every field. */
export function flatField({ object, field, at }: Partial<ShownPlace>): object {
  return { ...flatObject(object), field: field ?? null, ...flatPlace(at) };
}

/** What a line begins with where the place is known: `base/api.yaml:3:5: `. */
export function placePrefix({ at }: Partial<ShownPlace>): string {
  return at === undefined ? '' : `${placeText(at)}: `;
}
