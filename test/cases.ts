import { isSeq, parse, type Scalar, stringify } from 'yaml';
import { readText } from './machine.ts';
import * as builders from './manifests.ts';

/**
 * A file of a case: its text, its object, or its documents; null takes away one that is merged in. Of a map of `text`
 * and `with` it is that text with other words: each that is replaced has to be there.
 */
export type Content = string | object | null;

/** Files by their paths. */
export type Tree = Readonly<Record<string, Content>>;

/** `!cnpgCluster [NAME, NAMESPACE]` in a file of cases is what the builder of test/manifests.ts makes. */
const builderTags = Object.entries(builders).map(([name, build]) => ({
  tag: `!${name}`,
  collection: 'seq' as const,
  resolve: (words: unknown) =>
    Reflect.apply(
      build,
      undefined,
      isSeq<Scalar>(words) ? words.items.map(({ value }) => value) : [],
    ),
}));

/**
 * The cases of a YAML file by their names, with no other fields than these; what several of them share stands under
 * `shared`. `!text NAME` in it is one of the texts that are given.
 */
export function casesIn<Case extends object>(
  folder: string,
  file: string,
  fields: readonly (keyof Case & string)[],
  texts: Readonly<Record<string, string>> = {},
): [what: string, one: Case][] {
  const customTags = [...builderTags, { tag: '!text', resolve: (name: string) => texts[name] }];
  const all = parse(readText(folder, file), { merge: true, customTags, maxAliasCount: -1 });
  const { shared: _, ...cases } = all as Record<string, Case>;
  for (const [what, one] of Object.entries(cases))
    for (const field of Object.keys(one))
      if (!fields.some(known => known === field)) throw new Error(`${what}: what is ${field}?`);
  return Object.entries(cases);
}

/** The files of a tree with their texts; undefined where one is taken away. */
export function filesOf(tree: Tree): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(tree).map(([path, content]) => [path, textOf(content)]));
}

/** The same as pairs, of the files that are there. */
export function writtenIn(tree: Tree): [path: string, text: string][] {
  return Object.entries(filesOf(tree)).flatMap(([path, text]): [string, string][] =>
    text === undefined ? [] : [[path, text]],
  );
}

/** The text of a file. */
export function textOf(content: Content): string | undefined {
  if (content === null || typeof content === 'string') return content ?? undefined;
  if (Array.isArray(content)) return content.map(textOf).join('---\n');
  return 'text' in content && 'with' in content
    ? edited(textOf(content.text as Content) ?? '', content.with as Record<string, string>)
    : stringify(content);
}

function edited(text: string, words: Readonly<Record<string, string>>): string {
  return Object.entries(words).reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`there is no ${from} in ${before}`);
    return before.replaceAll(from, to);
  }, text);
}

/** A text, or the pattern that stands between slashes. */
export const patternOf = (text: string): string | RegExp =>
  /^\/.*\/$/s.test(text) ? new RegExp(text.slice(1, -1), 'm') : text;
