import { matchesGlob } from '../../../ground/glob.ts';

/** A pattern of a git generator, with `*` and `?`. */
export interface PathPattern {
  readonly path: string;
  readonly isExcluded: boolean;
}

/** Whether a pattern is one of those that are looked at: without classes, escapes and templates. */
export function isPlainPattern(pattern: string): boolean {
  return pattern !== '' && !/[[\]\\{}]/.test(pattern);
}

/** The folders that patterns choose: a `*` stays within one name (Go, path.Match). */
export function matchedFolders(
  patterns: readonly PathPattern[],
  folders: readonly string[],
): string[] {
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
export function matchedFiles(patterns: readonly PathPattern[], files: readonly string[]): string[] {
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
