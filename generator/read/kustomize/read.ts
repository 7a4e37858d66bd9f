import { join } from 'node:path';
import type { Host } from '../../ground/host.ts';
import { oncePerText } from '../../ground/once-per.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { isBelow } from '../inside.ts';
import { NAMES } from '../kustomization-files.ts';
import { textOf } from '../text-of.ts';
import { type Load, loadsIn, valuesAt } from './loads.ts';

/** A file that makes a folder a kustomization. */
export interface Kustomization {
  /** Its folder, without links. */
  readonly folder: string;
  readonly name: string;
  /** As a person finds it. */
  readonly file: string;
  readonly text: string;
  /** The text that places are in, where a deployer has laid more over it; its own entries come first. */
  readonly written?: string;
  /** What kustomize reads of it: the first document. Undefined where it is no YAML. */
  readonly document: unknown;
  readonly loads: readonly Load[];
}

/** A folder, as a person finds it and without links. */
export interface Folder {
  readonly shown: string;
  readonly place: string;
  readonly written?: string | undefined;
}

/**
 * The files that make a folder a kustomization; several are kustomize's to refuse. As kustomize has
 * it, a link that leads out of the folder makes it none.
 */
export function kustomizationsOf({ shown, place, written }: Folder, host: Host): Kustomization[] {
  return NAMES.flatMap(name => {
    const real = host.realPath(join(place, name));
    if (real === undefined || !isBelow(place, real) || host.isFolder(real)) return [];
    const text = textOf(real, host);
    const [document] = parsed(text).value ?? [];
    const own = { text, ...(written !== undefined && { written }), document };
    return [{ folder: place, name, file: join(shown, name), ...own, loads: loadsIn(document) }];
  });
}

/** Whether it is one that only adds to others. */
export function isComponent({ document }: Kustomization): boolean {
  return valuesAt(document, ['kind']).some(({ value }) => value === 'Component');
}

/** The documents of a kustomization: read for several reasons, parsed once. */
export const parsed: typeof parseStream = oncePerText(parseStream);

/**
 * Whether every parser takes a text for the same. kustomize's is of YAML 1.1: it knows more breaks
 * of lines, and `<<` in it wins over what stands before. Anchors, tags and several documents are
 * rare in kustomizations, so what has them counts as odd too.
 */
export function isPlain(text: string): boolean {
  const [head = ''] = /^(?:[ \t]*(?:#[^\n]*)?\r?\n|---[ \t]*\r?\n){0,100}/.exec(text) ?? [];
  return !ODD.test(text.slice(head.length)) && (head.match(/^---/gm)?.length ?? 0) < 2;
}

const ODD =
  /(?:^|[\s[{,:-])[&*!]\S|<<|^[ \t]*\?|^%|^(?:---|\.\.\.)|[\u0080-\u009f\u2028\u2029\ufeff]/m;
