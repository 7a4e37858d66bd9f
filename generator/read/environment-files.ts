import { dirname, join } from 'node:path';
import type { Fault, Path } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { isMap, type JsonObject } from '../ground/json.ts';
import type { SourcePart } from '../ground/locate.ts';
import { parseDocument } from '../ground/yaml/yaml-text.ts';
import { LEADS_OUT } from './inside.ts';
import { leadsOut, textBeside } from './settings-file.ts';

/** A spec's document with the environments that stand in files of their own, and those files. */
export interface WholeDocument {
  readonly document: unknown;
  readonly parts: readonly SourcePart[];
  /** What is wrong before the document can be looked at as a whole. */
  readonly faults: readonly Fault[];
}

const ENVIRONMENTS: Path = ['spec', 'environments'];
const FROM: Path = ['spec', 'environmentsFrom'];

/**
 * Puts what the files hold that `environmentsFrom` names under `environments`: each is what would
 * stand there, under the name that is in the place of the `*`. Nothing outside of the spec's
 * repository is read. `document` may have any shape: its schema is looked at later.
 */
export function withEnvironmentFiles(document: unknown, file: string, host: Host): WholeDocument {
  const spec = isMap(document) ? document['spec'] : undefined;
  if (!isMap(document) || !isMap(spec)) return { document, parts: [], faults: [] };
  const own = spec['environments'] ?? {};
  const patterns = patternsIn(spec['environmentsFrom']);
  if (patterns.length === 0 || !isMap(own)) return { document, parts: [], faults: [] };
  const { read, parts, faults } = filesOf(patterns, own, dirname(file), host);
  const environments = { ...own, ...Object.fromEntries(read) };
  return { document: { ...document, spec: { ...spec, environments } }, parts, faults };
}

function filesOf(
  patterns: readonly Pattern[],
  own: JsonObject,
  folder: string,
  host: Host,
): EnvironmentFiles {
  const files = new EnvironmentFiles(own, folder);
  for (const [pattern, path] of patterns) {
    const found = filesFor(pattern, folder, host);
    if (Array.isArray(found)) for (const one of found) files.take(one, path, host);
    else files.faults.push({ ...found, path });
  }
  return files;
}

type Pattern = readonly [pattern: string, path: Path];

/** The patterns that have the form of one, with their places; the schema refuses others. */
function patternsIn(given: unknown): (readonly [pattern: string, path: Path])[] {
  const list = Array.isArray(given)
    ? given.map((one, at) => [one, [...FROM, at]])
    : [[given, FROM]];
  return list.flatMap(([one, path]) => (PATTERN.test(one) ? [[one, path] as const] : []));
}

/** One `*`, which stands for a name, or a part of one; relative, and not upwards. */
const PATTERN = /^(?!\/)(?!(?:.*\/)?\.\.(?:\/|$))[^*]*\*[^*]*$/;

/** A file of an environment, and the name that it gives it. */
interface EnvironmentFile {
  readonly file: string;
  readonly name: string;
}

/** The files that fit a pattern, by name; or why there are none. */
function filesFor(
  pattern: string,
  folder: string,
  host: Host,
): EnvironmentFile[] | Omit<Fault, 'path'> {
  const [before = '', after = ''] = pattern.split('*');
  const at = before.lastIndexOf('/') + 1;
  const above = join(folder, before.slice(0, at));
  if (leadsOut(above, folder, host)) return unread(`${before.slice(0, at)} ${LEADS_OUT}`);
  const [start, [end = '', ...below]] = [before.slice(at), after.split('/')];
  const names = (host.entriesIn(above) ?? []).flatMap(({ name }) => {
    const isFit = name.startsWith(start) && name.endsWith(end);
    const own = name.slice(start.length, name.length - end.length);
    return isFit && own !== '' && !name.startsWith('.') ? [[name, own] as const] : [];
  });
  const files = names
    .map(([name, own]) => ({ file: join(above, name, ...below), name: own }))
    .filter(({ file }) => below.length === 0 || host.kindOf(file) !== undefined)
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  return files.length > 0 ? files : unread(`no file fits ${pattern}`);
}

/** What is read of the files, environment by environment. */
class EnvironmentFiles {
  readonly parts: SourcePart[] = [];
  readonly faults: Fault[] = [];
  readonly read = new Map<string, unknown>();
  readonly #own: JsonObject;
  readonly #folder: string;

  /** The environments that the spec has itself, and its folder. */
  constructor(own: JsonObject, folder: string) {
    this.#own = own;
    this.#folder = folder;
  }

  take({ file, name }: EnvironmentFile, from: Path, host: Host): void {
    const { text, reason } = textBeside(file, this.#folder, host);
    if (text === undefined) {
      this.faults.push({ ...unread(reason), path: from });
      return;
    }
    const isTwice = Object.hasOwn(this.#own, name) || this.read.has(name);
    // The second of two has no place of its own in the document.
    const path = isTwice ? [...FROM, file] : [...ENVIRONMENTS, name];
    this.parts.push({ file, text, path });
    if (isTwice) this.faults.push(this.#twice(file, name));
    const { value, faults } = parseDocument(text);
    this.faults.push(...faults.map(fault => inFile(fault, path)));
    if (!isTwice) this.read.set(name, value);
  }

  #twice(file: string, name: string): Fault {
    const first = this.parts.find(part => part.path[2] === name && part.path[1] === 'environments');
    const other = first === undefined ? 'under environments' : `in ${first.file}`;
    return {
      id: 'duplicate-environment',
      message: `environment "${name}" is ${other} already`,
      hint: 'Keep one of the two, or give this file another name.',
      path: [...FROM, file],
      related: [{ note: `"${name}" is here`, path: [...ENVIRONMENTS, name] }],
    };
  }
}

/** A fault of a file's document, in that of the spec. */
function inFile(fault: Fault, path: Path): Fault {
  const isEmpty = fault.id === 'empty-file';
  const hint = isEmpty ? 'Write {} for an environment that changes nothing.' : fault.hint;
  return {
    ...fault,
    ...(hint !== undefined && { hint }),
    path: [...path, ...fault.path],
    ...(fault.related !== undefined && {
      related: fault.related.map(place => ({ ...place, path: [...path, ...place.path] })),
    }),
  };
}

function unread(message: string): Omit<Fault, 'path'> {
  return {
    id: 'environment-file',
    message,
    hint: 'Name files of this repository, one an environment: tenants/*.yaml.',
  };
}
