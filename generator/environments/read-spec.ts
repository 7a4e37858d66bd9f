import { isUtf8 } from 'node:buffer';
import { dirname, join } from 'node:path';
import type { Fault, Outcome, Path } from '../core/finding.ts';
import { andThen, movedFault, ok, outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, mapAt, sortBy, textAt } from '../core/json.ts';
import { checkSpec, secretValues } from '../spec/parse.ts';
import type { SpecObject } from '../spec/spec.ts';
import { changedPlaces, RESOURCES, withTexts } from '../spec/text-files.ts';
import { leadsOut, type TextBeside, textBeside } from '../world/folders.ts';
import { LEADS_OUT } from '../world/inside.ts';
import { parseDocument, parseStream } from '../yaml/parse.ts';
import { locate, type SourceFile, type SourcePart } from '../yaml/places.ts';
import { withInjectedComponents } from './sets.ts';

export type ReadSpec = { readonly source: SourceFile; readonly spec: SpecObject };

/** The default name of the spec. */
export const USUAL_SPEC = 'rem-secrets.yaml';

/** The bytes of a spec, parsed with the files that it names; its source has the files of environments. */
export function parseSpecSource(
  file: string,
  bytes: Uint8Array,
  host: Host,
): { readonly source: SourceFile; readonly spec: Outcome<SpecObject> } {
  const source = { file, text: new TextDecoder().decode(bytes) };
  const parsed = isUtf8(bytes) ? parseDocument(source.text) : { faults: [notUtf8(source.text)] };
  if (parsed.value === undefined) return { source, spec: { faults: parsed.faults } };
  const { spec, parts } = wholeSpec(parsed.value, file, host);
  return { source: { ...source, parts }, spec };
}

/** The document of a spec, with the files that it names. */
export function wholeSpec(
  document: unknown,
  file: string,
  host: Host,
): { readonly spec: Outcome<SpecObject> } & Required<Pick<SourceFile, 'parts'>> {
  const whole = withEnvironmentFiles(document, file, host);
  const texts = withTextFiles(whole.document, file, host);
  const faults = [...whole.faults, ...texts.faults];
  const checked = faults.length > 0 ? { faults } : checkSpec(texts.document);
  return {
    spec: andThen(
      andThen(checked, spec => withResourceFiles(spec, file, host)),
      spec => ok(withInjectedComponents(spec, host.below(dirname(file)))),
    ),
    parts: whole.parts,
  };
}

function notUtf8(text: string): Fault {
  const message = 'the file is not UTF-8 from here on';
  const offset = Math.max(0, text.indexOf('\uFFFD'));
  return { id: 'not-utf-8', message, hint: 'Save it as UTF-8.', path: [], offset };
}

const ENVIRONMENTS: Path = ['spec', 'environments'];
const FROM: Path = ['spec', 'environmentsFrom'];

/** Adds the environments of the files that `environmentsFrom` lists. The text for the `*` is an environment's name; no file outside of the repository is read. */
function withEnvironmentFiles(document: unknown, file: string, host: Host) {
  const spec = mapAt(document, 'spec');
  const environments = spec['environments'] ?? {};
  const patterns = patternsIn(spec['environmentsFrom']);
  if (!isMap(document) || patterns.length === 0 || !isMap(environments))
    return { document, parts: [], faults: [] };
  const folder = dirname(file);
  const read = new Map<string, unknown>();
  const parts: SourcePart[] = [];
  const faults: Fault[] = [];
  const take = (found: string, name: string, from: Path): void => {
    const { text, reason } = textBeside(found, folder, host);
    if (text === undefined) {
      faults.push({ ...unread(reason), path: from });
      return;
    }
    const isSecond = Object.hasOwn(environments, name) || read.has(name);
    const first = parts.find(part => part.path[2] === name && part.path[1] === 'environments');
    // A second file has no place of its own in the document.
    const path = isSecond ? [...FROM, found] : [...ENVIRONMENTS, name];
    parts.push({ file: found, text, path });
    if (isSecond) faults.push(secondFile(name, first, path));
    const { value, faults: ofText } = parseDocument(text);
    faults.push(...ofText.map(fault => inFile(fault, path)));
    if (!isSecond) read.set(name, value);
  };
  for (const [pattern, path] of patterns) {
    const found = filesFor(pattern, folder, host);
    if (!Array.isArray(found)) faults.push({ ...found, path });
    else for (const match of found) take(match.file, match.name, path);
  }
  const all = { ...environments, ...Object.fromEntries(read) };
  return { document: { ...document, spec: { ...spec, environments: all } }, parts, faults };
}

function secondFile(name: string, first: SourcePart | undefined, path: Path): Fault {
  return {
    id: 'duplicate-environment',
    message: `environment "${name}" is ${first === undefined ? 'under environments' : `in ${first.file}`} already`,
    hint: 'Keep one of the two, or give this file another name.',
    path,
    related: [{ note: `"${name}" is here`, path: [...ENVIRONMENTS, name] }],
  };
}

function patternsIn(field: unknown): (readonly [pattern: string, path: Path])[] {
  const list = Array.isArray(field)
    ? field.map((name, at) => [name, [...FROM, at]])
    : [[field, FROM]];
  return list.flatMap(([name, path]) => (PATTERN.test(name) ? [[name, path] as const] : []));
}

const PATTERN = /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^*]*\*[^*]*$/;

function filesFor(pattern: string, folder: string, host: Host) {
  const [before = '', after = ''] = pattern.split('*');
  const at = before.lastIndexOf('/') + 1;
  const above = join(folder, before.slice(0, at));
  if (leadsOut(above, folder, host)) return unread(`${before.slice(0, at)} ${LEADS_OUT}`);
  const [start, [end = '', ...below]] = [before.slice(at), after.split('/')];
  const names = (host.entriesIn(above) ?? []).flatMap(({ name }) => {
    const isFit = name.startsWith(start) && name.endsWith(end);
    const environment = name.slice(start.length, name.length - end.length);
    if (!isFit || environment === '' || name.startsWith('.')) return [];
    return { file: join(above, name, ...below), name: environment };
  });
  const files = names.filter(({ file }) => below.length === 0 || host.kindOf(file) !== undefined);
  return files.length > 0 ? sortBy(files, ({ file }) => file) : unread(`no file fits ${pattern}`);
}

function inFile(fault: Fault, path: Path): Fault {
  const moved = movedFault(fault, inside => [...path, ...inside]);
  if (fault.id !== 'empty-file') return moved;
  return { ...moved, hint: 'Write {} for an environment that changes nothing.' };
}

function unread(message: string): Omit<Fault, 'path'> {
  const hint = 'Name files of this repository, one an environment: tenants/*.yaml.';
  return { id: 'environment-file', message, hint };
}

/** In characters: how much of files a spec may have, each as often as it is named. */
const MOST_TEXT = 32 * 1024 * 1024;

/** Reads the files that a spec names, until they are too much together. */
function filesBeside(folder: string, host: Host): (file: string) => TextBeside {
  let left = MOST_TEXT;
  return file => {
    if (left < 0) return TOO_MUCH;
    const found = textBeside(file, folder, host);
    left -= found.text?.length ?? 0;
    return left < 0 ? TOO_MUCH : found;
  };
}

const TOO_MUCH = { reason: 'the files that the spec names have more than 32 MiB together' };

function withTextFiles(document: unknown, file: string, host: Host) {
  const faults: Fault[] = [];
  const folder = dirname(file);
  const textOf = filesBeside(folder, host);
  const read = (name: string, path: Path): string => {
    const { text, reason } = BELOW.test(name)
      ? textOf(join(folder, name))
      : { reason: `${name} is no path below the folder of the spec` };
    if (text !== undefined) return text;
    const message = reason.replace(join(folder, name), name);
    const hint = 'Name a file in this repository, from the folder of the spec: files/start.sh.';
    faults.push({ id: 'text-file', message, hint, path });
    return '';
  };
  return { document: withTexts(document, read), faults };
}

const BELOW = /^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/;

/** Reports files that cannot be read, that are no manifests, and that hold what looks like a secret. */
function withResourceFiles(spec: SpecObject, file: string, host: Host): Outcome<SpecObject> {
  const folder = dirname(file);
  const textOf = filesBeside(folder, host);
  const faults: Fault[] = [];
  const filled = changedPlaces(spec, RESOURCES, (resource, path) => {
    const name = textAt(resource, 'file');
    if (name === undefined) return resource;
    const read = objectsIn(join(folder, name), name, textOf);
    if (Array.isArray(read)) return { ...mapAt(resource), objects: read };
    faults.push({ ...read, path: [...path, 'file'] });
    return resource;
  });
  return outcome(filled as SpecObject, faults);
}

function objectsIn(file: string, name: string, textOf: (file: string) => TextBeside) {
  const { text, reason } = textOf(file);
  if (text === undefined) return noResourceFile(reason.replace(file, name));
  const { value, faults } = parseStream(text);
  const [broken] = locate(faults, { file: name, text, isStream: true });
  if (value === undefined)
    return noResourceFile(`${name}:${broken?.at?.line}:${broken?.at?.column}: ${broken?.message}`);
  const objects = value.filter(document => document !== null);
  const [noMap] = objects.filter(document => !isMap(document));
  if (noMap !== undefined || objects.length === 0)
    return noResourceFile(`${name} holds no manifests, or something else beside them`);
  const [secret] = objects.flatMap(secretValues);
  if (secret !== undefined)
    return { ...secret, message: secret.message.replace(/^this( name)?/, `something in ${name}`) };
  return objects.filter(isMap);
}

function noResourceFile(message: string): Omit<Fault, 'path'> {
  return { id: 'resource-file', message, hint: 'Name a file of manifests in this repository.' };
}
