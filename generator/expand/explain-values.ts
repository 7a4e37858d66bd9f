import type { ReadSpec } from '../environments/read-spec.ts';
import { flatPlace, jsonText, placeText, shown, shownLines } from '../report/text.ts';
import { explainedVariables } from '../spec/variables.ts';
import { locate } from '../yaml/places.ts';

/** Every `${…}` of a spec with its value in each environment, and where it stands. `format`: `text` or `json`. */
export function explainValues({ spec, source }: ReadSpec, format: string): string {
  const variables = explainedVariables(spec).map(({ name, values, paths }) => ({
    name: shown(name),
    values: values && Object.fromEntries([...values].map(([unit, value]) => [unit, shown(value)])),
    places: locate(
      paths.map(path => ({ id: name, message: path.join('\0'), path })),
      source,
    ).map(({ field, at }) => ({ field, at })),
  }));
  if (format === 'json')
    return jsonText({
      variables: variables.map(({ name, values = null, places }) => ({
        name,
        values,
        places: places.map(({ field, at }) => ({ field, ...flatPlace(at) })),
      })),
    });
  const lines = variables.flatMap(({ name, values, places }) => [
    `\${${name}}${values === undefined ? ' stays as it is: the spec declares no such variable' : ''}`,
    ...Object.entries(values ?? {}).map(([unit, value]) => `  ${unit}: ${value}`),
    ...places.map(({ field, at }) => `    ${at === undefined ? '' : `${placeText(at)}: `}${field}`),
  ]);
  return shownLines(
    `${[...lines, ...(lines.length === 0 ? ['no value has a variable'] : [])].join('\n')}\n`,
  );
}
