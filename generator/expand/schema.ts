import { type Host, textOf } from '../core/host.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isMap, mapAt, mapValues, pathOf, valueAt } from '../core/json.ts';
import { oncePerText } from '../core/once.ts';
import { findingFormats } from '../report/finding.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';

export const schemaCommand: CommandLine<object> = {
  name: 'schema',
  description: 'print the JSON Schema of a spec, for editors',
  examples: [
    ['schema >rem-secrets.schema.json', 'for a first line of the spec that names this file'],
  ],
  define: (command, run) => command.action(run),
};

export const schema: Action<object> = { run: printSchema, formats: findingFormats };

function printSchema(_: CommonOptions, host: Host): number {
  host.stdout(`${JSON.stringify(wholeSchema(host), null, 1)}\n`);
  return exitCodes.ok;
}

const SPEC = 'rem-secrets.schema.json';

/** The schema of a spec with what it takes from the schemas of Kubernetes and of CloudNativePG, in one file. */
export function wholeSchema(host: Host): JsonObject {
  const read = oncePerText(
    (file): JsonObject => JSON.parse(textOf(host.packageFile(`schemas/${file}`), host)),
  );
  const taken = new Map<string, Json>();
  const taking = (part: Json, file: string): Json => {
    if (Array.isArray(part)) return part.map(item => taking(item, file));
    if (!isMap(part)) return part;
    return mapValues(part, (value, name) =>
      name === '$ref' && typeof value === 'string' ? take(value, file) : taking(value, file),
    );
  };
  const take = (ref: string, from: string): string => {
    const [file = '', pointer = ''] = ref.split('#');
    const source = file === '' ? from : file;
    if (source === SPEC) return ref;
    const name = `${source}${pointer}`.replaceAll(/[^\w.-]{1,100}/g, '.');
    if (!taken.has(name)) {
      taken.set(name, true); // until it is there: a schema may refer to itself
      const whole = read(source);
      taken.set(name, taking(valueAt(whole, pathOf(pointer, whole)) as Json, source));
    }
    return `#/definitions/${name}`;
  };
  const whole = taking(read(SPEC), SPEC) as JsonObject;
  const definitions = { ...mapAt(whole, 'definitions'), ...Object.fromEntries(taken) };
  return { ...whole, definitions };
}
