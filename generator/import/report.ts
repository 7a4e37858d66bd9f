import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { type JsonObject, sum } from '../core/json.ts';
import { asJson, identityOf } from '../core/kube-object.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { refusalOf } from '../world/inside.ts';
import { type ManifestSource, readNamed } from '../world/source.ts';
import type { Adoption } from './adopt.ts';
import type { Draft, DraftEntry } from './import.ts';
import type { Proof } from './search.ts';
import type { Wanted } from './wanted.ts';

/** What `import` made of manifests. */
export interface ImportReport {
  readonly environments: readonly ImportedEnvironment[];
  /** The file of the spec, and what became of it. */
  readonly file: string;
  readonly outcome: 'refused' | 'written';
  /** What is wrong with the manifests, which `lint` tells too. */
  readonly findings: readonly Finding[];
  /** What was not read of them: the proof is about the rest. */
  readonly unread: readonly Finding[];
  /** Why the spec itself does not hold. */
  readonly faults: readonly Finding[];
  /** What to do next, a line each. */
  readonly advice: readonly string[];
}

/** An environment: its objects and the ways they are said, and how what the spec makes differs. */
export interface ImportedEnvironment extends Proof {
  readonly namespace: string;
  /** The one place that it was read from; absent: there are several. */
  readonly from?: string;
  readonly coverage: readonly Covered[];
  /** Objects that name no namespace, and are taken to be in that of the environment. */
  readonly homeless: number;
}

/** How much is said in one way. */
interface RungCount {
  readonly rung: Rung;
  readonly objects: number;
  readonly fields: number;
  readonly patchedFields: number;
}

/** The objects and fields of all environments, by the ways they are said. */
export function countsOf(
  { environments }: ImportReport,
  rungs: readonly Rung[],
): readonly RungCount[] {
  const all = environments.flatMap(({ coverage }) => [...coverage]);
  return rungs.map(rung => {
    const own = all.filter(covered => covered.rung === rung);
    return {
      rung,
      objects: own.length,
      fields: sum(own.map(({ fields }) => fields)),
      patchedFields: sum(own.map(({ patchedFields }) => patchedFields)),
    };
  });
}

/** How many objects differ, and how many were compared. */
export function differencesOf({ environments }: ImportReport): {
  readonly differing: number;
  readonly compared: number;
} {
  return {
    differing: sum(environments.map(({ changes }) => changes.length)),
    compared: sum(environments.map(({ objects }) => objects)),
  };
}

/** How an object is said: in short, in short with a patch, as it is, by hand, not at all. */
export type Rung = 'short' | 'patched' | 'verbatim' | 'manual' | 'lost';

export const RUNGS: readonly Rung[] = ['short', 'patched', 'verbatim', 'manual', 'lost'];

/** An object of an environment, and how the spec says it. */
export interface Covered {
  readonly object: PlacedObject;
  readonly rung: Rung;
  /** Its fields with a value, and how many of them stand in a patch. */
  readonly fields: number;
  readonly patchedFields: number;
  /** Why it is no shorter. */
  readonly reason?: string;
}

/** Every object of an environment, or of the cluster that several share: their drafts say it. */
export function coverageOf(
  { name, objects }: Wanted,
  { drafts, clusterOf }: Pick<Adoption, 'clusterOf' | 'drafts'>,
): Covered[] {
  const own = drafts.filter(({ wanted }) =>
    [wanted.name, clusterOf.get(wanted.name)].includes(name),
  );
  const all = own.flatMap(inDraft).reverse();
  const byIdentity = new Map(all.map(covered => [identityOf(covered.object.json), covered]));
  return objects.flatMap(({ json }) => byIdentity.get(identityOf(json)) ?? []);
}

/** An object that a section makes as a whole. */
export function coveredShort(object: PlacedObject): Covered {
  return covered(object, 'short');
}

/** Every object of a draft. */
function inDraft({ wanted, entries, handMade, lost }: Draft): Covered[] {
  const byObject = new Map<PlacedObject, Covered>();
  for (const entry of entries)
    for (const object of entry.covers) byObject.set(object, coveredBy(entry, object));
  for (const object of handMade) byObject.set(object, covered(object, 'manual'));
  for (const { object, reason } of lost)
    byObject.set(object, { ...covered(object, 'lost'), reason });
  // The Namespace of the environment is in no entry.
  return wanted.objects.map(object => byObject.get(object) ?? covered(object, 'short'));
}

function coveredBy({ section, entry, reason }: DraftEntry, object: PlacedObject): Covered {
  if (section === 'resources')
    return { ...covered(object, 'verbatim'), ...(reason !== undefined && { reason }) };
  const patches = entry['patch'];
  const patch = patches === undefined ? undefined : (patches as JsonObject)[object.kind];
  if (patch === undefined) return covered(object, 'short');
  return { ...covered(object, 'patched'), patchedFields: leaves(patch) };
}

function covered(object: PlacedObject, rung: Rung): Covered {
  return { object, rung, fields: leaves(asJson(object.json)), patchedFields: 0 };
}

/** How many values a value holds that hold no others. */
function leaves(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, child) => sum + leaves(child), 0);
}

/** Whether a path is that of a Markdown document. */
export function isMarkdown(path: string, host: Host): boolean {
  return /\.(md|markdown)$/i.test(path) && host.kindOf(path) === 'file';
}

/**
 * The YAML blocks of a Markdown document, each a source of its own, with line breaks in front so that
 * places in it are places in the document. A block that holds no manifest is an example of something else.
 */
export function readMarkdown(file: string, host: Host): ManifestSource[] {
  const whole = readNamed(file, host);
  if (refusalOf(file, host) !== undefined || whole.text === undefined) return [whole];
  return yamlBlocks(whole.text)
    .filter(({ text }) => /^[ \t]{0,100}["']?(apiVersion|kind)["']?[ \t]{0,100}:/m.test(text))
    .map(({ text, line }) => ({ ...whole, text: '\n'.repeat(line - 1) + text }));
}

interface Block {
  readonly text: string;
  /** Its first line in the document, from 1. */
  readonly line: number;
}

/** The opening of a fenced block: its indentation, its fence, and its language (CommonMark 0.31, 4.5). */
const FENCE = /^( {0,3}|[ \t]+)(`{3,}|~{3,})[ \t]*([^\s`]*)[^`]*$/;

/** The fenced blocks whose language is YAML. */
function yamlBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open:
    | { readonly fence: string; readonly indent: number; readonly isYaml: boolean }
    | undefined;
  let start = 0;
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    const [, indent = '', fence = '', language = ''] = FENCE.exec(line) ?? [];
    if (open === undefined) {
      if (fence === '') continue;
      open = { fence, indent: indent.length, isYaml: /^(ya?ml)$/i.test(language) };
      start = index + 1;
    } else if (isEnd(line, open.fence)) {
      const { indent: width, isYaml } = open;
      const content = lines.slice(start, index).map(one => unindented(one, width));
      if (isYaml) blocks.push({ text: `${content.join('\n')}\n`, line: start + 1 });
      open = undefined;
    }
  }
  return blocks;
}

/** A fence of the same sign, at least as long, with nothing behind it. */
function isEnd(line: string, fence: string): boolean {
  const found = line.trim();
  return found.startsWith(fence) && [...found].every(sign => sign === fence[0]);
}

/** A block in a list is indented as its fence is. */
function unindented(line: string, width: number): string {
  const own = line.length - line.trimStart().length;
  return line.slice(Math.min(own, width));
}
