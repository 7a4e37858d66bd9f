import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { numbers } from './runs.ts';

/** A change as people make it, and whether a review is to let it pass without a word that fails it. */
interface Edit {
  readonly name: string;
  readonly isOrdinary?: true;
  /** Makes it in one of the files; undefined: this file has nothing for it. */
  readonly apply: (file: EditedFile) => string | undefined;
  /** Also where it takes files away. */
  readonly also?: (path: string) => void;
}

interface EditedFile {
  readonly path: string;
  readonly text: string;
}

/** A commit that was made. */
export interface MadeCommit {
  readonly edit: string;
  readonly isOrdinary: boolean;
  readonly file: string;
}

/** The text with the first match replaced; undefined without one. */
function replaced(text: string, pattern: RegExp, by: string): string | undefined {
  return pattern.test(text) ? text.replace(pattern, by) : undefined;
}

function kindOf(text: string): string | undefined {
  return /^kind: *(\w+)/m.exec(text)?.[1];
}

const EDITS: readonly Edit[] = [
  {
    name: 'a newer image',
    isOrdinary: true,
    apply: ({ text }) =>
      text.includes('helmCharts:') ||
      /^kind: (?:OCIRepository|HelmRelease|Kustomization)/m.test(text)
        ? replaced(text, /^( +tag: ["']?v?\d+\.\d+\.)\d+(?=["']?$)/m, '$1997')
        : replaced(text, /^( +(?:- )?image: [^\s:@]+:v?\d+\.\d+\.)\d+$/m, '$1997'),
  },
  {
    name: 'a comment',
    isOrdinary: true,
    apply: ({ text }) => (kindOf(text) === undefined ? undefined : `# Looked at.\n${text}`),
  },
  {
    name: 'one more replica',
    isOrdinary: true,
    apply: ({ text }) =>
      kindOf(text) === 'Deployment' || kindOf(text) === 'HelmRelease'
        ? replaced(text, /^( +replicas: )[1-4]$/m, '$15')
        : undefined,
  },
  {
    name: 'more memory',
    isOrdinary: true,
    apply: ({ text }) => replaced(text, /^( +memory: )["']?\d+Mi["']?$/m, '$14321Mi'),
  },
  {
    name: 'a label',
    isOrdinary: true,
    apply: ({ text }) =>
      !text.includes(' labels:') && /^(?:ExternalSecret|Namespace)$/.test(kindOf(text) ?? '')
        ? replaced(
            text,
            /^metadata:\n( +)name: (.*)$/m,
            'metadata:\n$1name: $2\n$1labels: { soak: "true" }',
          )
        : undefined,
  },
  {
    name: 'a removed entry of a kustomization',
    apply: ({ path, text }) =>
      basename(path).startsWith('kustomization.')
        ? replaced(text, /^ *- (?:\.\/)?[\w./-]+\.yaml$\n/m, '')
        : undefined,
  },
  {
    name: 'a renamed key of a Secret',
    apply: ({ text }) => replaced(text, /^( +(?:- )?secretKey: )(["']?)(\w+)\2$/m, '$1$3_RENAMED'),
  },
  {
    name: 'a renamed Secret',
    apply: ({ text }) =>
      kindOf(text) === 'ExternalSecret'
        ? replaced(text, /^( +target:\n(?: +(?!name:)\S.*\n)*? +name: )(.*)$/m, '$1soak-renamed')
        : undefined,
  },
  {
    name: 'another store',
    apply: ({ text }) =>
      replaced(text, /^( +secretStoreRef:\n(?: +kind: .*\n)? +name: )(.*)$/m, '$1soak-store'),
  },
  {
    name: 'a file that is gone',
    apply: ({ path, text }) =>
      kindOf(text) === 'HelmRelease' || kindOf(text) === 'Deployment' ? '' : void path,
    also: path => rmSync(path),
  },
  {
    name: 'broken YAML',
    apply: ({ text }) => (kindOf(text) === undefined ? undefined : `${text}\n  broken: [\n`),
  },
];

/**
 * Makes the commits, one edit after the other, each in a file of its own: the same ones for the same seed. What was
 * broken stays so, which is what a review has to live with.
 */
export function* makeCommits(
  folder: string,
  {
    count,
    seed,
    commit,
  }: { readonly count: number; readonly seed: number; readonly commit: () => void },
): Iterable<MadeCommit> {
  const random = numbers(seed);
  const used = new Set<string>();
  for (let made = 0, tried = 0; made < count && tried < 3 * count; tried += 1) {
    const edit = EDITS[tried % EDITS.length];
    const file = edit && editIn(folder, edit, random, used);
    if (edit === undefined || file === undefined) continue;
    used.add(file);
    commit();
    made += 1;
    yield { edit: edit.name, isOrdinary: edit.isOrdinary === true, file };
  }
}

/** The file in which an edit was made. */
function editIn(folder: string, edit: Edit, random: () => number, used: ReadonlySet<string>) {
  const files = manifestsIn(folder);
  const start = Math.floor(random() * files.length);
  for (const file of [...files.slice(start), ...files.slice(0, start)]) {
    const path = join(folder, file);
    if (used.has(file)) continue;
    const text = edit.apply({ path, text: readFileSync(path, 'utf8') });
    if (text === undefined) continue;
    if (edit.also === undefined) writeFileSync(path, text);
    else edit.also(path);
    return file;
  }
  return undefined;
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.ya?ml$/.test(name) && !name.startsWith('.git/'))
    .filter(
      name => existsSync(join(folder, dirname(name))) && statSync(join(folder, name)).isFile(),
    )
    .sort();
}
