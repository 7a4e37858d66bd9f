import type { Path } from '../../../ground/finding.ts';
import { type Json, type JsonObject, mapAt, scalarText } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, type Fields, jsonOf, mapPart, type Part, placeIn } from '../part.ts';
import type { App, AppEntry } from './app.ts';

/** A value with where it is written. */
export interface Located<T extends Json = Json> {
  readonly at: Path;
  readonly value: T;
}

/** An object that the library makes of an entry. */
export function appObject(
  app: App,
  { name, values, at }: AppEntry,
  type: { readonly apiVersion: string; readonly kind: string },
  fields: Readonly<Record<string, Part | undefined>>,
): Brought {
  const annotations = textsPart([
    { at: ['global', 'annotations'], value: mapAt(app.values, 'global', 'annotations') },
    { at: [...at, 'annotations'], value: mapAt(values, 'annotations') },
  ]);
  const metadata = mapPart(at, { name: copied(at, name), annotations });
  const part = mapPart(at, { metadata, ...fields });
  const { namespace } = app.release;
  return {
    object: {
      ...mapAt(jsonOf(mapPart(at, fields))),
      ...type,
      metadata: {
        name,
        ...(namespace !== '' && { namespace }),
        ...(annotations !== undefined && { annotations: texts(annotations.fields) }),
      },
    },
    placeOf: path => app.release.placeOf(placeIn(part, path)),
  };
}

/** Labels or annotations of several places, of which the last wins; undefined: there are none. */
export function textsPart(
  sources: readonly Located<JsonObject>[],
): (Part & { readonly fields: Fields }) | undefined {
  const entries = sources.flatMap(({ at, value }) =>
    Object.entries(value).map(([name, text]): [string, Part] => [
      name,
      copied([...at, name], scalarText(text)),
    ]),
  );
  const [last] = sources.slice(-1);
  return entries.length === 0 || last === undefined
    ? undefined
    : { at: last.at, fields: new Map(entries) };
}

function texts(fields: Fields): Record<string, string> {
  return Object.fromEntries([...fields].map(([name, part]) => [name, scalarText(jsonOf(part))]));
}
