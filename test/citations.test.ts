import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { output, root } from './machine.ts';

/** A place where a text of the repository names a page: a Markdown file, and a heading of it. */
interface Citation {
  readonly file: string;
  readonly page: string;
  readonly anchor: string | undefined;
  /** The paragraph or comment that it stands in. */
  readonly context: string;
}

/** Who has pages that are cited by their path there. */
const UPSTREAM =
  /CloudNativePG|External Secrets Operator|argo-cd|OpenTelemetry operator|kustomize|operator-manual/;

/** What `diff --reports` writes is named like a page of ours, and is none. */
const WRITTEN = 'review.md';

const files = output('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  .split('\n')
  .filter(file => /\.(md|tsx?|mjs|go|sh|ya?ml)$|file$|^\.ci\//.test(file))
  .filter(file => existsSync(join(root, file)));
const pages = files.filter(file => file.endsWith('.md') && !file.startsWith('docs/examples/'));
const facts = pages.filter(page => page.startsWith('docs/facts/'));
const contexts = files.flatMap(file => contextsOf(file).map(context => ({ file, context })));
const citations = contexts.flatMap(({ file, context }) => citationsIn(file, context));

/** What people read: the paragraphs of a page without its code, the comments of any other file. */
function contextsOf(file: string): readonly string[] {
  if (file.startsWith('docs/examples/')) return [];
  const text = readFileSync(join(root, file), 'utf8');
  if (file.endsWith('.md')) return text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').split('\n\n');
  if (/\.(tsx?|mjs|go)$/.test(file)) return text.match(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*/g) ?? [];
  return text.match(/(^|\s)#.*/g) ?? [];
}

function citationsIn(file: string, context: string): Citation[] {
  const own = context.replaceAll(/\[[^\]]*\]\(https:[^)]*\)/g, '');
  return [
    ...own.matchAll(/(?<![\w./<*-])((?:[\w.-]+\/)*[\w-][\w.-]*\.md)(?:#([\w-]+))?(?![\w-])/g),
  ].flatMap(([, page = '', anchor]) =>
    page === WRITTEN ? [] : [{ file, page: pathOf(file, page), anchor, context }],
  );
}

/** A page is named from the root of the repository, or from where it is named. */
function pathOf(file: string, page: string): string {
  const near = relative(root, join(root, dirname(file), page));
  return !existsSync(join(root, page)) && existsSync(join(root, near)) ? near : page;
}

function anchorsOf(page: string): readonly string[] {
  const prose = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : join(dirname(page), path);
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

const nameOf = ({ file, page, anchor }: Citation): string =>
  `${file} → ${page}${anchor === undefined ? '' : `#${anchor}`}`;

describe('what is cited can be opened', () => {
  test('a page is one of the repository, or of a project that is named', () => {
    const lost = citations.filter(({ page, context }) => {
      if (existsSync(join(root, page))) return false;
      return page.startsWith('docs/facts/') || !page.includes('/') || !UPSTREAM.test(context);
    });
    expect(lost.map(nameOf)).toEqual([]);
  });

  test('a heading is one of its page', () => {
    const lost = citations
      .filter(({ page }) => existsSync(join(root, page)))
      .filter(({ page, anchor }) => anchor !== undefined && !anchorsOf(page).includes(anchor));
    expect(lost.map(nameOf)).toEqual([]);
  });

  test('a file or folder of the program, its tests or its tools', () => {
    const stops = readdirSync(join(root, 'generator'))
      .filter(name => !name.startsWith('rem-secrets'))
      .join('|');
    const code = new RegExp(`\`((?:generator|test|tools|${stops})/[\\w./-]*)\``, 'g');
    const lost = contexts.flatMap(({ file, context }) =>
      [...context.matchAll(code)]
        .map(([, path = '']) => path)
        .filter(path => !/[A-Z]{2}/.test(path)) // NAME stands for any
        .filter(path => ['', 'generator'].every(from => !existsSync(join(root, from, path))))
        .map(path => `${file}: ${path}`),
    );
    expect(lost).toEqual([]);
  });

  test('nothing is cited that lies beside the repository', () => {
    const outside = contexts.filter(({ context }) => /\.\.\/shared\b/.test(context));
    expect(outside.map(({ file }) => file)).toEqual([]);
  });

  test('the links of a page lead somewhere', () => {
    const lost = pages.flatMap(page =>
      contextsOf(page)
        .flatMap(text => [...text.matchAll(/\]\(([^)\s]+)\)/g)])
        .map(([, link = '']) => link)
        .filter(link => !/^https?:/.test(link) && !leadsSomewhere(page, link))
        .map(link => `${page}: ${link}`),
    );
    expect(lost).toEqual([]);
  });
});

describe('docs/facts', () => {
  const cited = citations.filter(({ file }) => !file.startsWith('docs/facts/'));

  test('a fact is cited by its heading', () => {
    const whole = cited.filter(({ page }) => page.startsWith('docs/facts/'));
    expect(whole.filter(({ anchor }) => anchor === undefined).map(nameOf)).toEqual([]);
  });

  test('a page tells facts, and only what something relies on', () => {
    const idle = facts.flatMap(page => {
      const [, ...anchors] = anchorsOf(page);
      if (anchors.length === 0) return [`${page} tells nothing`];
      const used = new Set(
        cited.flatMap(citation => (citation.page === page ? [citation.anchor] : [])),
      );
      return anchors.filter(anchor => !used.has(anchor)).map(anchor => `${page}#${anchor}`);
    });
    expect(idle).toEqual([]);
  });

  test('a fact says where it is from', () => {
    const unsourced = facts.flatMap(page => {
      const [, ...sections] = readFileSync(join(root, page), 'utf8').split(/^## /m);
      return sections
        .filter(text => !/^Source: (?:[\s\S]*\]\(https:|\[observed\]\(\.\.\/e2e\.md\))/m.test(text))
        .map(text => `${page}: ${text.slice(0, text.indexOf('\n'))}`);
    });
    expect(unsourced).toEqual([]);
  });
});
