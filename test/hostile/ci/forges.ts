import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { folderOf, output, type Ran, readText, root, run } from '../../machine.ts';
import { write } from '../../review/repository.ts';

export const MARKER = '<!-- rem-secrets -->';
export const REVIEW: string = `${MARKER}\n### rem-secrets: nothing blocks\n`;

/** What stands above the text of a fork. */
export const BY_FORK =
  'The text below comes from the run of `fork/r@abc`. That is a fork, which can change what it says.\n\n';

/** Puts files into the folder of what a run has uploaded. */
export type Fill = (folder: string) => void;

export const withText =
  (text: string | Uint8Array): Fill =>
  folder =>
    write(folder, 'review.md', text);

/** What is no review in any forge. */
export const NO_REVIEW: readonly (readonly [what: string, fill: Fill])[] = [
  ['is missing', folder => write(folder, 'x', '')],
  ['has no marker', withText('hello @everyone\n')],
  ['has the marker later', withText(`\n${REVIEW}`)],
  ['is a link', folder => symlinkSync('/proc/self/environ', join(folder, 'review.md'))],
  ['is a folder', folder => write(folder, 'review.md/x', '')],
  ['is 70 MB large', withText(REVIEW + 'x'.repeat(70_000_000))],
];

/** A folder in which a program (gh.sh, curl.sh) stands for the forge, and the PATH with it. */
export function forgeOf(
  program: 'gh' | 'curl',
  files: Readonly<Record<string, string>>,
): { readonly folder: string; readonly PATH: string } {
  const script = readText(import.meta.dirname, `${program}.sh`);
  const folder = folderOf({ [`bin/${program}`]: script, calls: '', ...files });
  chmodSync(join(folder, 'bin', program), 0o755);
  return { folder, PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
}

/** Notes as a forge shows them: files with a hundred each, one at least, counted from a number. */
function pagesOf(name: string, first: number, notes: readonly object[]): Record<string, string> {
  const pages = Array.from({ length: Math.ceil(notes.length / 100) || 1 }, (_, page) => [
    `${name}-${first + page}.json`,
    JSON.stringify(notes.slice(page * 100, page * 100 + 100)),
  ]);
  return Object.fromEntries(pages);
}

/** What was sent to a forge: `METHOD PLACE` of each call, and the text of the last. */
interface Posted extends Ran {
  readonly calls: readonly string[];
  readonly body: string;
}

function linesIn(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

/** A comment on a pull request. */
export interface Comment {
  readonly id: number;
  readonly login: string;
  readonly body: string;
}

/** What GitHub says; the head is that of a fork unless it is said otherwise. */
interface GitHub {
  readonly pulls?: readonly {
    readonly number: number;
    readonly sha?: string;
    readonly repo?: string;
  }[];
  /** By the artifact's name, what puts its files into a folder. */
  readonly artifacts?: Readonly<Record<string, Fill>>;
  readonly comments?: readonly Comment[];
  readonly head?: string;
  readonly repo?: string;
  readonly bytes?: number;
}

/** Runs the script that comments on a pull request; `asked` is how it looked for one. */
export function comment(github: GitHub = {}): Posted & { readonly asked: string } {
  const {
    pulls = [{ number: 12 }],
    artifacts = { 'rendered-diff-12': withText(REVIEW) },
    comments = [],
    head = 'fork:main',
    repo = 'fork/r',
    bytes = 1000,
  } = github;
  const found = pulls.map(pull => ({
    number: pull.number,
    head: { sha: pull.sha ?? 'abc', repo: { full_name: pull.repo ?? repo } },
  }));
  const uploaded = Object.keys(artifacts).map((name, id) => ({ name, id, size_in_bytes: bytes }));
  const shown = comments.map(({ id, login, body }) => ({ id, body, user: { login } }));
  const { folder, PATH } = forgeOf('gh', {
    asked: '',
    'body.md': '',
    'temp/.keep': '',
    'pulls.json': JSON.stringify(found),
    'artifacts.json': JSON.stringify({ artifacts: uploaded }),
    ...pagesOf('comments', 0, shown),
  });
  Object.values(artifacts).forEach((fill, id) => {
    const cwd = join(folder, `${id}`);
    mkdirSync(cwd);
    fill(cwd);
    output('zip', ['--quiet', '--recurse-paths', '--symlinks', `../${id}.zip`, '.'], { cwd });
  });
  const given = { RUNNER_TEMP: join(folder, 'temp'), GH_REPO: 'o/r', RUN: '7', SHA: 'abc' };
  const env = { ...process.env, ...given, PATH, HEAD_REPO: repo, HEAD: head };
  const ran = run(join(root, '.ci/comment'), [], { cwd: folder, env });
  const [calls = '', asked = '', body = ''] = ['calls', 'asked', 'body.md'].map(file =>
    readText(folder, file),
  );
  return { ...ran, calls: linesIn(calls), asked, body };
}

interface Template {
  readonly spec: {
    readonly inputs: Readonly<Record<string, { regex: string; default?: string }>>;
  };
}

interface Job {
  readonly image: string;
  readonly before_script: readonly string[];
  readonly script: readonly string[];
  readonly cache?: readonly unknown[];
  readonly resource_group?: string;
}

const documents = loadAll(readText(root, 'templates/rem-secrets.yml'));

/** The template of GitLab: what it is given, and its jobs. */
export const template: Template = documents[0] as Template;
export const jobs: Readonly<Record<string, Job>> = documents[1] as Record<string, Job>;

/** A note on a merge request; the job's own account is number 5. */
export interface Note {
  readonly id: number;
  readonly author: number;
  readonly body: string;
  readonly system?: boolean;
}

/** Runs the job that writes the note, of a merge request that comes from a project. */
export function note(fill: Fill, notes: readonly Note[] = [], project = '1'): Posted {
  const shown = notes.map(one => ({ system: false, ...one, author: { id: one.author } }));
  const { folder, PATH } = forgeOf('curl', {
    'sent.json': '{ "body": "" }',
    'rendered-diff/review.html': '',
    ...pagesOf('page', 1, shown),
  });
  fill(join(folder, 'rendered-diff'));
  const env = {
    PATH,
    LC_ALL: 'C.UTF-8',
    RENDERED_DIFF_TOKEN: 'token-of-the-job',
    CI_API_V4_URL: 'https://gitlab.example/api/v4',
    CI_MERGE_REQUEST_PROJECT_ID: '1',
    CI_MERGE_REQUEST_SOURCE_PROJECT_ID: project,
    CI_MERGE_REQUEST_SOURCE_PROJECT_PATH: 'fork/r',
    CI_MERGE_REQUEST_IID: '12',
    CI_COMMIT_SHA: 'abc',
  };
  const script = jobs['rendered-diff-note']?.script.join('\n') ?? '';
  const ran = run('sh', ['-e', '-c', script], { cwd: folder, env });
  const { body }: { readonly body: string } = JSON.parse(readText(folder, 'sent.json'));
  return { ...ran, calls: linesIn(readText(folder, 'calls')), body };
}

/** Where notes of the merge request are. */
export const NOTES = 'https://gitlab.example/api/v4/projects/1/merge_requests/12/notes';
