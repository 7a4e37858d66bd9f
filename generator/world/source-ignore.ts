export interface PatternLines {
  /** The folder that the patterns are about, from the root of the repository; empty for all of it. */
  readonly folder: string;
  readonly text: string;
}

/** A path of a repository, in steps. */
type Steps = readonly string[];

/** A pattern of `.sourceignore` or `spec.ignore`. */
interface Pattern {
  readonly folder: Steps;
  readonly parts: readonly Part[];
  readonly isNegated: boolean;
  readonly isOfFolders: boolean;
  /** What it matches is not known: it has signs that are not read. */
  readonly isUnread: boolean;
}

/** A part of a pattern: the next step of a path, or any of those that follow. */
interface Part {
  /** The name of a step, split at its stars. */
  readonly pieces: readonly string[];
  readonly isAnywhere: boolean;
}

/** What is left out unless a pattern takes it in; a folder ends with a slash. */
const OF_GIT = /(?:^|\/)(?:\.git\/|\.git(?:ignore|modules|attributes)(?:\/|$))/;

/** What is left out besides where no pattern is written: folders, endings and names. */
const USUAL = {
  parts: /(?:^|\/)\.(?:github|circleci)\/|\.(?:jpe?g|gif|png|wmv|flv|tar\.gz|zip)(?:\/|$)/,
  names: new Set([
    ...['.travis.yml', '.gitlab-ci.yml', 'appveyor.yml', '.drone.yml', 'cloudbuild.yaml'],
    ...['codeship-services.yml', 'codeship-steps.yml'],
    ...['.goreleaser.yml', '.sops.yaml', '.flux.yaml'],
  ]),
};

/** Anybody writes fewer: each pattern is asked about each file. */
const MOST = { letters: 50_000, lines: 500 } as const;

/** Whether texts have more patterns than are read. */
export function areTooLong(texts: readonly PatternLines[]): boolean {
  const all = texts.map(({ text }) => text).join('\n');
  return all.length > MOST.letters || linesIn(all).length > MOST.lines;
}

/** Says of a file or folder whether patterns leave it out; undefined: that is not known. */
export type LeavesOut = (path: string, isFolder: boolean) => boolean | undefined;

/** Flux's patterns, in order (docs/facts/flux.md#what-a-source-has): what is below an excluded folder can come back. */
export function leavesOut(texts: readonly PatternLines[]): LeavesOut {
  if (areTooLong(texts)) return () => undefined;
  const patterns = texts.flatMap(patternsIn).reverse();
  return (path, isFolder) => {
    const steps = path.split('/');
    const decisive = patterns.find(
      ({ folder, ...pattern }) =>
        steps.length > folder.length &&
        folder.every((step, index) => steps[index] === step) &&
        (pattern.isUnread || isMatch(pattern, steps.slice(folder.length), isFolder)),
    );
    if (decisive !== undefined) return decisive.isUnread ? undefined : !decisive.isNegated;
    const whole = isFolder ? `${path}/` : path;
    if (OF_GIT.test(whole)) return true;
    const isUsual = USUAL.parts.test(whole) || steps.some(step => USUAL.names.has(step));
    return patterns.length === 0 && isUsual;
  };
}

/** The lines whose patterns are not read, with their numbers from 1. */
export function unreadPatterns(text: string): { readonly line: number; readonly text: string }[] {
  return linesIn(text)
    .map((line, index) => ({ line: index + 1, text: line }))
    .filter(({ text: line }) => isPattern(line) && patternOf(line, []).isUnread);
}

function patternsIn({ folder, text }: PatternLines): Pattern[] {
  const steps = folder === '' ? [] : folder.split('/');
  return linesIn(text)
    .filter(isPattern)
    .map(line => patternOf(line, steps));
}

function linesIn(text: string): string[] {
  return text.split('\n').map(line => line.replace(/\r$/, ''));
}

function isPattern(line: string): boolean {
  return !line.startsWith('#') && line.trim() !== '';
}

function patternOf(line: string, folder: Steps): Pattern {
  const isNegated = line.startsWith('!');
  const whole = withoutBlanks(isNegated ? line.slice(1) : line);
  const isOfFolders = whole.endsWith('/');
  const path = isOfFolders ? whole.slice(0, -1) : whole;
  const isUnread = /[[\\?]/.test(path);
  return { folder, parts: partsOf(path), isNegated, isOfFolders, isUnread };
}

function withoutBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ') end--;
  return line.slice(0, end);
}

/** A name without a slash is looked for anywhere; two stars in a name are no pattern of paths. */
function partsOf(path: string): Part[] {
  if (!path.includes('/')) return [{ pieces: path.split('*'), isAnywhere: true }];
  const steps = path.split('/');
  if (steps.some(step => step !== '**' && step.includes('**'))) return [];
  return steps.flatMap((name, index) =>
    name === '' || name === '**'
      ? []
      : [{ pieces: name.split('*'), isAnywhere: steps[index - 1] === '**' }],
  );
}

/** Whether a pattern matches a path of its folder, or a folder above it. */
function isMatch(
  { parts, isOfFolders }: Pick<Pattern, 'parts' | 'isOfFolders'>,
  path: Steps,
  isFolder: boolean,
): boolean {
  let at = 0;
  for (const { pieces, isAnywhere } of parts) {
    const isNext = (step: string, index: number): boolean =>
      (isAnywhere ? index >= at : index === at) && isLike(pieces, step);
    const found = path.findIndex(isNext);
    if (found < 0) return false;
    at = found + 1;
  }
  return at > 0 && !(isOfFolders && !isFolder && at === path.length);
}

/** Whether a name has the pieces in their order, the first at its beginning and the last at its end. */
function isLike(pieces: readonly string[], name: string): boolean {
  const [first = '', ...more] = pieces;
  const last = more.pop();
  if (last === undefined) return name === first && name !== '';
  let at = first.length;
  const end = name.length - last.length;
  if (at > end || !name.startsWith(first) || !name.endsWith(last)) return false;
  for (const piece of more) {
    const found = name.indexOf(piece, at);
    if (found < 0 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
