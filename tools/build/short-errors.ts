/** What ajv writes where a value does not fit: an error with all there is to say of it, put into the list. */
const ERROR =
  /^const (?<name>err\d+) = \{instancePath(?::(?<path>.+?))?,schemaPath:.+?,keyword:"(?<keyword>.+?)",params:(?<params>\{.*?\}),message:(?<message>.+?),schema:.*?,parentSchema:(?<parentSchema>.+?),data(?::(?<data>[\w.]+))?(?:,propertyName:(?<propertyName>\w+))?\};\nif\(vErrors === null\)\{\nvErrors = \[\k<name>\];\n\}\nelse \{\nvErrors\.push\(\k<name>\);\n\}$/gm;

/** Params that say the same of every value. */
const CONSTANT = /^\{(\w+: ("([^"\\]|\\.)*"|\d+)(, )?)+\}$/;

/** Keywords whose errors are told with the schema around them. */
const WITH_SCHEMA = new Set(['additionalProperties', 'const', 'enum', 'required']);

/** Those that are told without ajv's words; the others: see `expectation` in `core/schema.ts`. */
const WITHOUT_MESSAGE = new Set([
  ...WITH_SCHEMA,
  'false schema',
  'maxLength',
  'maximum',
  'minItems',
  'minLength',
  'minimum',
  'pattern',
  'propertyNames',
  'type',
  'uniqueItems',
]);

/** Makes a `SchemaError`. */
const FAILED = `function failed(errors, instancePath, keyword, params, more) {
const error = { instancePath, keyword, params, ...more };
if (errors === null) return [error];
errors.push(error);
return errors;
}`;

/**
 * The code of validators, in which an error has only what is read of it. Errors are most of the code,
 * and few runs have one: without the rest it is less than half.
 */
export function shortErrors(code: string): string {
  const constants = new Map<string, string>();
  const named = (params = ''): string => {
    if (!CONSTANT.test(params)) return params;
    const name = constants.get(params) ?? `params${constants.size}`;
    constants.set(params, name);
    return name;
  };
  const short = code.replaceAll(ERROR, (...match) => {
    const error: Written = match.at(-1);
    const { path = 'instancePath', keyword, params } = error;
    return `vErrors = failed(vErrors, ${path}, "${keyword}", ${named(params)}${more(error)});`;
  });
  if (short.includes('schemaPath:')) throw new Error('ajv writes errors in some other way');
  return [
    short,
    FAILED,
    ...[...constants].map(([params, name]) => `const ${name} = ${params};`),
  ].join('\n');
}

/** The members of an error, as they are written. */
type Written = Readonly<Record<string, string | undefined>>;

function more({ keyword = '', parentSchema, message, data, propertyName }: Written): string {
  const members = {
    ...(WITH_SCHEMA.has(keyword) && { parentSchema }),
    ...(!WITHOUT_MESSAGE.has(keyword) && { message }),
    ...(keyword === 'enum' && { data: data ?? 'data' }),
    ...(propertyName !== undefined && { propertyName }),
  };
  const written = Object.entries(members).map(([name, value]) => `${name}: ${value}`);
  return written.length === 0 ? '' : `, { ${written.join(', ')} }`;
}
