import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { hosts } from '../../kinds/cnpg/services.ts';
import type { FormContext } from './form.ts';
import { given } from './given.ts';

/** The variables of a container, by name: texts, and references by what they name. */
export function envEntry(container: JsonObject, context: FormContext): JsonObject {
  const known = hostFields(context);
  return Object.fromEntries(
    listAt(container, 'env')
      .filter(isMap)
      .map(variable => [String(variable['name']), valueEntry(variable, known)]),
  );
}

function valueEntry(
  { value, valueFrom }: JsonObject,
  known: ReadonlyMap<string, JsonObject>,
): Json {
  if (valueFrom === undefined) return known.get(String(value)) ?? value ?? '';
  const [source] = Object.keys(mapAt(valueFrom));
  const name = SOURCES[source ?? ''];
  const ref = mapAt(valueFrom, source ?? '');
  if (name === undefined || typeof ref['key'] !== 'string') return { valueFrom };
  return given({ [name]: ref['name'], key: ref['key'], optional: ref['optional'] });
}

const SOURCES: Readonly<Record<string, string>> = {
  secretKeyRef: 'secret',
  configMapKeyRef: 'configMap',
  secretRef: 'secret',
  configMapRef: 'configMap',
};

/** The hosts of the spec's databases: text that nobody writes by chance. */
function hostFields({ wanted, databases }: FormContext): ReadonlyMap<string, JsonObject> {
  return new Map(
    [...databases.keys()].flatMap(database =>
      Object.entries(hosts(database, wanted.namespace)).map(
        ([field, host]) => [host, { database, field }] as const,
      ),
    ),
  );
}

/** The sources of many variables, in their order. */
export function envFromEntries(container: JsonObject): Json[] {
  return listAt(container, 'envFrom')
    .filter(isMap)
    .map(({ prefix, ...refs }) => {
      const [source = ''] = Object.keys(refs);
      const ref = mapAt(refs, source);
      const name = textAt(ref, 'name') ?? '';
      const options = given({ prefix, optional: ref['optional'] });
      const field = SOURCES[source] ?? 'secret';
      return field === 'secret' && Object.keys(options).length === 0
        ? name
        : { [field]: name, ...options };
    });
}
