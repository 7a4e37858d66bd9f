import { matchesGlob } from '../../../ground/glob.ts';
import { normalized } from '../../../ground/go-template/value-functions.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import type { RepositoryTree } from '../../deployment-ends.ts';
import { filledIn, flat, type Notation } from './parameters.ts';

/**
 * The parameters that a git generator gives, one map for each folder or for each object in a file
 * (docs/facts/argocd.md#git-generators); none: they are not in this repository, or not any more;
 * undefined: they cannot be read.
 */
export function gitParameters(
  git: JsonObject,
  notation: Notation,
  tree: RepositoryTree | undefined,
): JsonObject[] | undefined {
  const folders = patternsIn(git, 'directories');
  const files = patternsIn(git, 'files');
  const isPlain = [...folders, ...files].every(({ path }) => isPlainPattern(path));
  if (tree === undefined || !isPlain) return undefined;
  const found =
    folders.length > 0
      ? matchedFolders(folders, tree.folders).map(folder => ({ folder, object: {} }))
      : matchedFiles(files, tree.files).flatMap(file => inFile(file, tree));
  if (found.some(({ object }) => object === undefined)) return undefined;
  return found.map(({ object = {}, ...place }) =>
    parametersOf(git, notation, { object, ...place }),
  );
}

function patternsIn(git: JsonObject, field: string): PathPattern[] {
  return listAt(git, field).map(entry => ({
    path: textAt(entry, 'path') ?? '',
    isExcluded: mapAt(entry)['exclude'] === true,
  }));
}

/** A folder, or a file in it, with what the file says. */
interface Match {
  readonly folder: string;
  readonly file?: string;
  readonly object: JsonObject;
}

/** The objects of a file: a list of them, or one. */
function inFile(
  path: string,
  { documentIn }: RepositoryTree,
): (Omit<Match, 'object'> & { readonly object: JsonObject | undefined })[] {
  const value = documentIn(path);
  const at = path.lastIndexOf('/');
  const place = { folder: at < 0 ? '.' : path.slice(0, at), file: path.slice(at + 1) };
  const objects: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return objects.map(object => ({ ...place, object: isMap(object) ? object : undefined }));
}

function parametersOf(git: JsonObject, notation: Notation, match: Match): JsonObject {
  const prefix = textAt(git, 'pathParamPrefix') ?? '';
  const own = notation === 'go' ? goParameters(match, prefix) : oldParameters(match, prefix);
  const values = mapAt(git, 'values');
  if (Object.keys(values).length === 0) return own;
  const filled = filledIn(values, { values: own, isOpen: false }, notation);
  return notation === 'go' ? { ...own, values: filled } : { ...own, ...flat({ values: filled }) };
}

function goParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const path = { path: folder, ...namesOf(folder, file), segments: folder.split('/') };
  return prefix === '' ? { ...object, path } : { ...object, [prefix]: { path } };
}

function oldParameters({ folder, file, object }: Match, prefix: string): JsonObject {
  const name = prefix === '' ? 'path' : `${prefix}.path`;
  const names = Object.entries(namesOf(folder, file)).map(([field, text]) => [
    `${name}.${field}`,
    text,
  ]);
  const steps = folder.split('/').map((step, index) => [`${name}[${index}]`, step]);
  return { ...flat(object), [name]: folder, ...Object.fromEntries([...names, ...steps]) };
}

function namesOf(folder: string, file: string | undefined): Readonly<Record<string, string>> {
  const basename = folder.slice(folder.lastIndexOf('/') + 1);
  return {
    basename,
    basenameNormalized: normalized(basename),
    ...(file !== undefined && { filename: file, filenameNormalized: normalized(file) }),
  };
}

/** A pattern of a git generator, with `*` and `?`. */
interface PathPattern {
  readonly path: string;
  readonly isExcluded: boolean;
}

/** Whether a pattern is one of those that are looked at: without classes, escapes and templates. */
function isPlainPattern(pattern: string): boolean {
  return pattern !== '' && !/[[\]\\{}]/.test(pattern);
}

/** The folders that patterns choose: a `*` stays within one name (Go, path.Match). */
function matchedFolders(patterns: readonly PathPattern[], folders: readonly string[]): string[] {
  return chosen(patterns, folders, (pattern, folder) => {
    const [steps, names] = [pattern.split('/'), folder.split('/')];
    return (
      steps.length === names.length &&
      steps.every((step, index) => matchesGlob(step, names[index] ?? ''))
    );
  });
}

/**
 * The files that patterns choose, as `git ls-files` has them by default: a `*` goes through folders,
 * and a folder stands for all below it.
 */
function matchedFiles(patterns: readonly PathPattern[], files: readonly string[]): string[] {
  return chosen(
    patterns,
    files,
    (pattern, file) =>
      matchesGlob(pattern, file) || file.startsWith(`${pattern.replace(/\/$/, '')}/`),
  );
}

function chosen(
  patterns: readonly PathPattern[],
  paths: readonly string[],
  matches: (pattern: string, path: string) => boolean,
): string[] {
  const isIn = (path: string, isExcluded: boolean): boolean =>
    patterns.some(pattern => pattern.isExcluded === isExcluded && matches(pattern.path, path));
  return paths.filter(path => isIn(path, false) && !isIn(path, true));
}
