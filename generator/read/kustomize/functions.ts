import { dirname, join, relative } from 'node:path';
import type { Finding, Place } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { isMap } from '../../ground/json.ts';
import { locate } from '../../ground/locate.ts';
import { manifestsOf } from '../../ground/manifests.ts';
import { encryptedFiles } from '../../kinds/ksops/ksops.ts';
import { entryPlace, isPlain, type Kustomization, parsed } from './kustomization.ts';
import { functionLoads, isField, type Load } from './loads.ts';

/** Where the objects stand that set up functions: in files, or in the entry of a kustomization. */
export interface FunctionSource {
  readonly by: Kustomization;
  readonly load: Load;
  /** Absent: the entry leads nowhere, so it is YAML or a mistake. */
  readonly files?: readonly string[];
  /** kustomize changes the objects before they set up functions. */
  readonly isChanged: boolean;
}

/** What is known of functions before they run. */
export interface Functions {
  /** What keeps what sets them up from being read. */
  readonly faults: readonly Finding[];
  /** One is a program, and none of kustomize's own. */
  readonly isProgram: boolean;
  /** It is certain what they load. */
  readonly isClear: boolean;
  readonly loads: readonly Load[];
  /** The files that hold what all of them make, encrypted; undefined: they make something else. */
  readonly encrypted: readonly string[] | undefined;
}

/** Reads what sets up functions. */
export function functionsIn(source: FunctionSource, host: Host): Functions {
  const texts = textsOf(source, host);
  const documents = texts.flatMap(({ text }) => parsed(text).value ?? []);
  return {
    faults: texts.flatMap(faultsIn),
    isProgram: manifestsOf(documents).some(({ object }) => !BUILTIN.test(object.apiVersion)),
    isClear: !source.isChanged && texts.every(({ text }) => isPlain(text)),
    loads: documents.flatMap(functionLoads),
    encrypted: source.isChanged ? undefined : encryptedIn(documents),
  };
}

/** The files that hold what all of them make, encrypted; undefined: they make something else. */
export function encryptedIn(documents: readonly unknown[]): readonly string[] | undefined {
  const files = documents.filter(document => document !== null).map(encryptedFiles);
  const known = files.filter(list => list !== undefined);
  return known.length === files.length && known.length > 0 ? known.flat() : undefined;
}

/** The apiVersion of kustomize's own functions (api/internal/plugins/loader/loader.go). */
const BUILTIN = /^\/?builtin$/;

interface FunctionText {
  readonly file: string;
  readonly text: string;
  /** The place of the entry that the text is. */
  readonly at?: Place;
}

function textsOf({ by, load, files }: FunctionSource, host: Host): FunctionText[] {
  if (files === undefined)
    return [{ file: by.file, text: load.entry, at: entryPlace({ by, load }) }];
  return files.map(file => ({ file: shownFile(file, by), text: textOf(file, host) }));
}

function faultsIn({ file, text, at }: FunctionText): Finding[] {
  const found = locate(parsed(text).faults, { file, text, isStream: true });
  return at === undefined ? found : found.map(finding => ({ ...finding, at }));
}

/** A file as a person finds it, from the kustomization that has it. */
export function shownFile(file: string, by: Kustomization): string {
  return join(dirname(by.file), relative(by.folder, file));
}

/** Whether a kustomization does more than list objects, and give them names. */
export function changesObjects({ document }: Kustomization): boolean {
  const fields = isMap(document) ? Object.keys(document) : [];
  return fields.some(field => ![...LISTS, ...NAMES].some(name => isField(field, name)));
}

const LISTS = ['apiVersion', 'kind', 'metadata', 'resources', 'bases'];

/** What they change of an object decides neither which function it sets up nor what that loads. */
const NAMES = ['namespace', 'namePrefix', 'nameSuffix'];
