import { dirname, join } from 'node:path';
import { type Fault, type Outcome, outcome, type Path } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { isMap, type JsonObject } from '../ground/json.ts';
import { locate } from '../ground/locate.ts';
import { parseStream } from '../ground/yaml/yaml-text.ts';
import type { Named } from '../make/spec/named.ts';
import { secretValues } from '../make/spec/secret-values.ts';
import type { Spec, SpecObject } from '../make/spec/spec.ts';
import { textBeside } from './settings-file.ts';

/**
 * A spec with what its `resources` name as files, which lie in its repository. Reports files that
 * cannot be read, that are no manifests, and that hold what looks like a secret.
 */
export function withResourceFiles(spec: SpecObject, file: string, host: Host): Outcome<SpecObject> {
  const folder = dirname(file);
  const faults: Fault[] = [];
  const filled = (resources: Spec['resources'], at: Path): Spec['resources'] =>
    resources &&
    mapped(resources, (resource, name) => {
      if (typeof resource?.file !== 'string') return resource;
      const read = objectsIn(join(folder, resource.file), resource.file, folder, host);
      if (Array.isArray(read)) return { ...resource, objects: read };
      faults.push({ ...read, path: [...at, 'resources', name, 'file'] });
      return resource;
    });
  const { clusters, environments } = spec.spec;
  const layers = (all: Named<Spec | null>, field: string): Named<Spec | null> =>
    mapped(
      all,
      (layer, name) => layer && { ...layer, ...filledIn(layer, ['spec', field, name], filled) },
    );
  const all = {
    ...spec.spec,
    ...filledIn(spec.spec, ['spec'], filled),
    ...(clusters && { clusters: layers(clusters, 'clusters') }),
    ...(environments && { environments: layers(environments, 'environments') }),
  };
  return outcome({ ...spec, spec: all }, faults);
}

function filledIn(
  { resources }: Spec,
  at: Path,
  filled: (resources: Spec['resources'], at: Path) => Spec['resources'],
): Pick<Spec, 'resources'> {
  const found = resources && filled(resources, at);
  return found === undefined ? {} : { resources: found };
}

function mapped<T>(entries: Named<T>, change: (value: T, name: string) => T): Named<T> {
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, change(value, name)]),
  );
}

/** The documents of a file, or what is wrong with it. */
function objectsIn(
  file: string,
  name: string,
  folder: string,
  host: Host,
): JsonObject[] | Omit<Fault, 'path'> {
  const { text, reason } = textBeside(file, folder, host);
  if (text === undefined) return unread(reason.replace(file, name));
  const { value, faults } = parseStream(text);
  const [broken] = locate(faults, { file: name, text, isStream: true });
  if (value === undefined)
    return unread(`${name}:${broken?.at?.line}:${broken?.at?.column}: ${broken?.message}`);
  const objects = value.filter(document => document !== null);
  const [stranger] = objects.filter(document => !isMap(document));
  if (stranger !== undefined || objects.length === 0)
    return unread(`${name} holds no manifests, or something else beside them`);
  const [secret] = objects.flatMap(secretValues);
  if (secret !== undefined)
    return { ...secret, message: secret.message.replace(/^this( name)?/, `something in ${name}`) };
  return objects.filter(isMap);
}

function unread(message: string): Omit<Fault, 'path'> {
  return { id: 'resource-file', message, hint: 'Name a file of manifests in this repository.' };
}
