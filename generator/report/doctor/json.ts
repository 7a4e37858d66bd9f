import { type SecretHealth, tellingLink } from '../../operate/doctor/diagnosis.ts';
import { shown } from '../graph/shown-names.ts';
import { flatObject, flatPlace, jsonText } from '../json-text.ts';
import { type DoctorReport, type ShownLink, shownLink } from './shown-link.ts';

/** How Secrets are, for programs: every link, with every field. */
export function renderDoctorJson({ diagnoses, placeOf }: DoctorReport): string {
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
