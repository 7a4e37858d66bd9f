import { Ajv } from 'ajv';

/** The fields of a thing: text, what is in it, a list of such things; a name with `!` is required. */
export interface Fields {
  readonly [name: string]: Shape;
}

/** `any`: whatever the vendor takes there, such as a policy or CloudFormation's own functions. */
type Shape = 'text' | 'yes or no' | 'number' | 'any' | Fields | readonly [Shape];

const TYPES = { text: 'string', 'yes or no': 'boolean', number: 'number' } as const;

function schemaOf(shape: Shape): object {
  if (shape === 'any') return {};
  if (typeof shape === 'string') return { type: TYPES[shape] };
  if (isList(shape)) return { type: 'array', items: schemaOf(shape[0]) };
  const names = Object.keys(shape);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(shape).map(([name, own]) => [name.replace('!', ''), schemaOf(own)]),
    ),
    required: names.filter(name => name.endsWith('!')).map(name => name.slice(0, -1)),
  };
}

function isList(shape: Fields | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/** What of something is not as these fields are, a line each. */
export function misfits(value: unknown, fields: Fields): string[] {
  const check = new Ajv({ allErrors: true }).compile(schemaOf(fields));
  check(value);
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
