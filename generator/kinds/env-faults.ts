import type { Path } from '../ground/finding.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import type { Container } from './pods.ts';

/** What the API server refuses in a pod although its schema allows it. */
export interface PodFault {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** A variable has a value or a source, and a source is one thing. */
export function sourceFaults({ spec, path }: Container): PodFault[] {
  const env = listAt(spec, 'env').flatMap((entry, index) => {
    const at = [...path, 'env', index];
    return isMap(entry) && isMap(entry['valueFrom'])
      ? valueFrom(entry, entry['valueFrom'], at)
      : [];
  });
  const envFrom = listAt(spec, 'envFrom').flatMap((entry, index): PodFault[] => {
    const at = [...path, 'envFrom', index];
    const fields = ['secretRef', 'configMapRef'].filter(field => isMap(entry) && entry[field]);
    return isMap(entry)
      ? [
          ...one('an entry of envFrom', fields, 'secretRef or configMapRef', at),
          ...fields.flatMap(field => unnamed(entry[field], [...at, field])),
        ]
      : [];
  });
  return [...env, ...envFrom];
}

/** A variable or volume by its name, if it has one. */
export function named(what: string, entry: JsonObject): string {
  const name = textAt(entry, 'name');
  return name === undefined ? `a ${what}` : `${what} "${name}"`;
}

function valueFrom(entry: JsonObject, source: JsonObject, path: Path): PodFault[] {
  const at = [...path, 'valueFrom'];
  const fields = Object.keys(source).filter(field => source[field] !== null);
  const subject = named('variable', entry);
  const { value } = entry;
  if (value !== undefined && value !== null && value !== '')
    return [
      {
        path: at,
        message: `${subject} has both a value and valueFrom`,
        hint: 'Remove one of them.',
      },
    ];
  const refs = ['secretKeyRef', 'configMapKeyRef'].filter(field => isMap(source[field]));
  return [
    ...one(subject, fields, 'secretKeyRef, configMapKeyRef, fieldRef or resourceFieldRef', at),
    ...refs.flatMap(field => unnamed(source[field], [...at, field])),
  ];
}

function one(subject: string, fields: readonly string[], allowed: string, path: Path): PodFault[] {
  if (fields.length === 1) return [];
  const [, second] = fields;
  return [
    {
      path: second === undefined ? path : [...path, second],
      message: `${subject} has ${fields.length === 0 ? 'no source' : `several sources: ${fields.join(', ')}`}`,
      hint: `Write one of ${allowed}.`,
    },
  ];
}

function unnamed(ref: Json | undefined, path: Path): PodFault[] {
  const name = mapAt(ref)['name'];
  if (name !== undefined && name !== null && name !== '') return [];
  const field = String(path.at(-1));
  return [{ path, message: `${field} names nothing: "name" is missing`, hint: 'Add name.' }];
}
