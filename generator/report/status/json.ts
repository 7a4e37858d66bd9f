import { shown } from '../graph/shown-names.ts';
import { flatObject, flatPlace, jsonText } from '../json-text.ts';
import { type StatusReport, shownStatus } from './status-report.ts';

/** How environments are, for programs. */
export function renderStatusJson({ environments, placeOf }: StatusReport): string {
  return jsonText({
    environments: environments.map(({ environment, newest, secrets }) => ({
      environment: shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(status => {
        const { secret, object, at, ...told } = shownStatus(status, placeOf);
        const { state, link = null, spec, field = null } = told;
        const { written = null, refreshed = null, next = null } = status;
        const difference = { ...flatObject(object), field, ...flatPlace(at) };
        return { ...secret, state, link, spec, difference, written, refreshed, next };
      }),
    })),
  });
}
