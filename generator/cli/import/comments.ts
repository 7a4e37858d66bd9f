import type { CommentsOf } from '../../adopt/remarks.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { type Comment, commentsOf } from '../../ground/yaml/comments.ts';
import { documentTexts } from '../../ground/yaml/document-texts.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { placesFor } from '../../read/places/places-for.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';

/** The comments of one text, by the numbers of its documents. */
type Comments = ReturnType<typeof commentsOf>;

/**
 * The comments of the manifests that objects are read from: of what kustomize built, in the file of its
 * resource. Each file is looked through once.
 */
export function commentReader(sets: readonly ManifestSet[], host: Host): CommentsOf {
  const sources = new Map(
    sets.flatMap(set =>
      set.sources.map((source): [number, ObjectSource] => [source.number, source]),
    ),
  );
  const placeOf = placesFor(sets, host);
  const texts = new Map<string, string>();
  const known = new Map<string, Comments>();
  const commentsIn = (file: string, text: () => string): Comments => {
    const comments = known.get(file) ?? commentsOf(texts.get(file) ?? text());
    known.set(file, comments);
    return comments;
  };
  return object => {
    const source = sources.get(object.file);
    if (source === undefined) return [];
    if (!source.isBuilt)
      return ofObject(
        object,
        commentsIn(`${source.number}`, () => source.text ?? ''),
      );
    const at = placeOf(object, ['kind']);
    if (at === undefined || at.file === source.file || host.kindOf(at.file) !== 'file') return [];
    const text = texts.get(at.file) ?? textOf(at.file, host);
    texts.set(at.file, text);
    const number = documentAt(text, at.line);
    return commentsIn(at.file, () => text).get(number) ?? [];
  };
}

/** Of an object in a List only what stands in it. */
function ofObject(
  { path: [number, ...inDocument] }: PlacedObject,
  comments: Comments,
): readonly Comment[] {
  const own = comments.get(Number(number)) ?? [];
  return own
    .filter(({ path }) => inDocument.every((step, index) => path[index] === step))
    .map(comment => ({ ...comment, path: comment.path.slice(inDocument.length) }));
}

/** The number of the document that a line, from 1, is in. */
function documentAt(text: string, line: number): number {
  const offset = text.split('\n').slice(0, line).join('\n').length;
  const documents = documentTexts(text) ?? [];
  return Math.max(
    0,
    documents.findLastIndex(({ start }) => start <= offset),
  );
}
