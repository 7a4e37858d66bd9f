import { readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { folderOf, output, type Ran, root, run } from '../../machine.ts';
import { write } from '../../review/repository.ts';
import type { Fill } from './review.ts';
import { BY_FORK, forgeOf, MARKER, NO_REVIEW, pagesOf, REVIEW, withText } from './review.ts';

interface Job {
  readonly image: string;
  readonly script: readonly string[];
  readonly resource_group?: string;
}

const [header, jobs] = loadAll(readFileSync(join(root, 'templates/rem-secrets.yml'), 'utf8')) as [
  {
    readonly spec: {
      readonly inputs: Readonly<Record<string, { regex: string; default?: string }>>;
    };
  },
  Readonly<Record<string, Job>>,
];

test('every image is an input that has to be given, by digest', () => {
  const digest = 'a'.repeat(64);
  for (const { image } of Object.values(jobs)) {
    const name = /^\$\[\[ inputs\.(\w+) \]\]$/.exec(image)?.[1] ?? '';
    const { regex = '', default: usual } = header.spec.inputs[name] ?? {};
    expect(usual).toBeUndefined();
    expect(`alpine:3.22@sha256:${digest}`).toMatch(new RegExp(regex));
    for (const wrong of [
      'alpine',
      'alpine:3.22',
      'alpine@sha256:abc',
      `alpine@sha256:${digest}\nx`,
    ])
      expect(wrong).not.toMatch(new RegExp(regex));
  }
});

test('jobs of one merge request take turns, and those of two never meet', () =>
  expect(jobs['rendered-diff-note']?.resource_group).toBe(
    'rendered-diff-note-$CI_MERGE_REQUEST_IID',
  ));

/** Stands for GitLab: pages of notes are files; what is written is kept. */
const CURL = `#!/bin/sh
method=GET
for word; do
  case $last in --request) method=$word ;; esac
  case $word in http*) url=$word ;; esac
  last=$word
done
case $method:$url in
  GET:*/user) echo '{ "id": 5 }' ;;
  GET:*) cat "page-\${url##*page=}.json" 2>/dev/null || echo '[]' ;;
  *) cat >sent.json; echo "$method $url" >>calls ;;
esac
`;

interface Note {
  readonly id: number;
  readonly author: number;
  readonly body: string;
  readonly system?: boolean;
}

interface Posted extends Ran {
  readonly calls: string;
  readonly body: string;
}

function note(
  fill: Fill,
  {
    notes = [],
    project = '1',
  }: { readonly notes?: readonly Note[]; readonly project?: string } = {},
): Posted {
  const shown = notes.map(({ author, ...rest }) => ({
    system: false,
    ...rest,
    author: { id: author },
  }));
  const folder = forgeOf('bin/curl', {
    'bin/curl': CURL,
    calls: '',
    'sent.json': '{ "body": "" }',
    'rendered-diff/review.html': '',
    ...Object.fromEntries(
      pagesOf(shown).map((page, at) => [`page-${at + 1}.json`, JSON.stringify(page)]),
    ),
  });
  fill(join(folder, 'rendered-diff'));
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
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
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  return { ...ran, calls: read('calls'), body: JSON.parse(read('sent.json')).body };
}

const NOTES = 'https://gitlab.example/api/v4/projects/1/merge_requests/12/notes';

test('the first review makes a note, later ones go into it, be it the 250th', () => {
  expect(note(withText(REVIEW))).toMatchObject({
    status: 0,
    calls: `POST ${NOTES}\n`,
    body: REVIEW,
  });
  const others = Array.from({ length: 249 }, (_, id): Note => ({ id, author: 6, body: REVIEW }));
  const notes = [...others, { id: 999, author: 5, body: REVIEW }];
  expect(note(withText(REVIEW), { notes }).calls).toBe(`PUT ${NOTES}/999\n`);
});

test('a note of another author, of the system, or with the marker later is not its own', () => {
  const notes = [
    { id: 1, author: 6, body: REVIEW },
    { id: 2, author: 5, body: REVIEW, system: true },
    { id: 3, author: 5, body: `quoted: ${REVIEW}` },
  ];
  expect(note(withText(REVIEW), { notes }).calls).toBe(`POST ${NOTES}\n`);
});

test('the text of a fork stands below a sentence that says so', () => {
  const { body } = note(withText(REVIEW), { project: '2' });
  expect(body).toBe(`${MARKER}\n> ${BY_FORK}### rem-secrets: nothing blocks\n`);
});

test('a review gives no orders and mentions nobody', () => {
  const { body } = note(withText(`${REVIEW}/merge\n  /approve\n@all and a@b\na/b\n`));
  expect(body).toBe(`${REVIEW}\u200b/merge\n  \u200b/approve\n@\u200ball and a@\u200bb\na/b\n`);
});

test.for<readonly [string, Fill]>([
  ...NO_REVIEW,
  [
    'is a link to a text with the marker',
    folder => {
      write(folder, 'other.md', REVIEW);
      symlinkSync('other.md', join(folder, 'review.md'));
    },
  ],
  ['is a pipe', folder => output('mkfifo', [join(folder, 'review.md')])],
  [
    'is in a folder that is a link',
    folder => {
      rmSync(folder, { recursive: true });
      symlinkSync(folderOf({ 'review.md': REVIEW }), folder);
    },
  ],
])('a review.md that %s is not posted', ([, fill]) => {
  const { status, calls, stdout, stderr } = note(fill);
  expect({ status, calls }).toEqual({ status: 1, calls: '' });
  expect(stdout + stderr).not.toContain('token-of-the-job');
});
