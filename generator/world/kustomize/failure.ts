import type { Finding } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import { hideSecrets } from '../../core/secret-text.ts';
import {
  absentEntry,
  badField,
  badLiteral,
  badPatch,
  badSource,
  bareFolder,
  brokenYaml,
  circularEntry,
  doubledEntry,
  type Explanation,
  emptyKustomization,
  fieldBlame,
  foreignFile,
  functionEntry,
  generatorOf,
  namedEntry,
  patchOf,
  remoteEntry,
  secondFile,
  wrongKind,
} from './blame.ts';
import type { Closure } from './closure.ts';

/**
 * Why kustomize failed, in our words: its messages quote values, secrets among them, pointers and paths
 * of folders that are gone. Of a message that is not known the first line is shown, without its quotes.
 */
export function failureOf(
  stderr: string,
  closure: Closure,
  { file, host }: { readonly file: string; readonly host: Host },
): Finding {
  const text = stderr.slice(Math.max(0, stderr.indexOf('Error: ')));
  const explained = [...STRUCTURE, ...CONTENT]
    .filter(({ test }) => test.test(text))
    .map(({ find, ...words }) => ({ ...words, ...find?.({ closure, host, text }) }));
  const best = explained.find(({ at }) => at !== undefined) ?? explained[0];
  const {
    message = maskedLine(text, closure, host),
    mayLack = false,
    at = { file, line: 1, column: 1 },
  } = best ?? {};
  const isPartial = closure.unread.length > 0;
  const hint = isPartial ? 'It may be that it needs what was not read.' : best?.hint;
  return {
    rule: 'unreadable',
    severity: isPartial && mayLack ? 'warning' : 'error',
    message: `kustomize cannot build it: ${hideSecrets(message)}`,
    ...(hint !== undefined && { hint }),
    field: '',
    at,
  };
}

/**
 * The first line of a message, without what may be a value or a path: its quotes, and every word that
 * is in one of the files.
 */
function maskedLine(text: string, closure: Closure, host: Host): string {
  const [line = ''] = text.replace(/^Error: /, '').split(/\r?\n/, 1);
  const words = wordsIn(closure, host);
  const shown = line
    .slice(0, MOST)
    .replaceAll(/(?<![A-Za-z])'[^']*'?|"[^"]*"?|`[^`]*`?/g, '…')
    .replaceAll(/\S{0,400}[^\s\w.,;:'-]\S{0,4000}|0x\w{1,40}/g, '…')
    .replaceAll(/[\w.-]+/g, word => (words.has(word) ? '…' : word))
    .replaceAll(/…[\s…]*/g, '… ');
  return /\w/.test(shown) ? shown.trim() : 'it does not say why';
}

/** How many characters of a line are read. */
const MOST = 300;

function wordsIn({ kustomizations, files }: Closure, host: Host): Set<string> {
  const texts = [
    ...kustomizations.map(({ text }) => text),
    ...[...new Set(files.values())].map(file => textOf(file, host)),
  ];
  return new Set(texts.flatMap(text => text.match(/[\w.-]+/g) ?? []));
}

/** Faults of generators, files, patches and replacements, the surest first. */
const CONTENT: readonly Explanation[] = [
  {
    test: /literal source/,
    message: 'a literal of a generator is not key=value',
    hint: 'Write it as key=value.',
    find: failed => badLiteral(failed) ?? functionEntry(failed),
  },
  {
    test: /key name or file path contains|missing key name for file|missing file path for key/,
    message: 'a file of a generator is neither a path nor key=path',
    hint: 'Write it as key=path, with one =.',
    find: badSource,
  },
  {
    test: /does not exist; cannot merge or replace/,
    mayLack: true,
    message: 'a generator merges into what is not there',
    hint: 'Check its name, or take its behavior out.',
    find: failed =>
      generatorOf(failed, name => `the generator "${name}" merges into what is not there`),
  },
  {
    test: /exists; can not use behavior/,
    message: 'a generator makes what is there already',
    hint: 'Give it another name, or a behavior: merge or replace.',
    find: failed =>
      generatorOf(failed, name => `the generator "${name}" makes what is there already`),
  },
  {
    test: /already registered id/,
    mayLack: true,
    message: 'an object is in it twice',
    hint: 'Take one of the two out, or give it another name or namespace.',
    find: doubledEntry,
  },
  {
    test: /MalformedYAMLError|converting YAML|unmarshaling|yaml: |decoding|did not find expected|invalid character/,
    message: 'a file or a patch holds something else than kustomize takes there',
    hint: 'Check that it is the YAML or JSON that is meant.',
    find: failed => brokenYaml(failed) ?? badPatch(failed) ?? namedEntry(failed),
  },
  {
    test: /missing (?:metadata\.name|Resource metadata|kind)|missing apiVersion|Object 'Kind' is missing/i,
    message: 'a document of a file or a patch is no object with apiVersion, kind and metadata.name',
    hint: 'Write all three.',
    find: failed => namedEntry(failed) ?? badPatch(failed),
  },
  {
    test: /no matches for Id|failed to find unique target|matches Id/,
    mayLack: true,
    message: 'a patch is for an object that is not there',
    hint: 'Check its apiVersion, kind, name and namespace.',
    find: patchOf,
  },
  {
    test: /Patch\w{0,40}Transformer|SM or JSON patch|patch|operation does not apply|doc is missing/,
    message: 'a patch is neither an object to merge nor a list of operations that fit',
    hint: 'Check the patch, and that the fields it changes are there.',
    find: badPatch,
  },
  {
    test: /replacement|nothing selected by|fieldPath/,
    mayLack: true,
    message: 'a replacement has no source, or no target',
    hint: 'Check what its source and its targets select.',
    find: ({ closure }) => fieldBlame(closure, 'replacements'),
  },
  {
    test: /var '/,
    mayLack: true,
    message: 'a var stands for a field that is not there',
    hint: 'Check what its objref and fieldref name.',
    find: ({ closure }) => fieldBlame(closure, 'vars'),
  },
  {
    test: /does not match a config with the following GVK/,
    mayLack: true,
    message: 'replicas name a workload that is not there',
    hint: 'Check the name.',
    find: ({ closure }) => fieldBlame(closure, 'replicas'),
  },
  {
    test: /failed to run '|no 'git' program|Get "|dial tcp|HTTP Error|hit \d+m?s timeout/,
    message: 'it fetches what cannot be had',
    hint: 'Check the address, and that this machine may reach it.',
    find: remoteEntry,
  },
];

/** Faults of kustomizations and of the files that they name, the surest first. */
const STRUCTURE: readonly Explanation[] = [
  {
    test: /Found multiple kustomization files/,
    message: 'its folder has several kustomization files',
    hint: 'Keep one of them.',
    find: secondFile,
  },
  {
    test: /unknown field "/,
    message: 'it has a field that kustomize does not know',
    hint: 'Check the spelling of the field.',
    find: badField,
  },
  {
    test: /cannot unmarshal \w+ into Go struct field/,
    message: 'a field holds what kustomize does not take there',
    hint: 'Check whether a list, a map or text is wanted, and put numbers in quotes.',
    find: badField,
  },
  { test: /must specify --enable-helm/, message: 'it has a Helm chart made' },
  {
    test: /external plugins disabled|enable-alpha-plugins|enable-exec/,
    message: 'it runs functions that are no part of kustomize',
    hint: 'It runs functions: --enable-exec allows it, if you trust them.',
  },
  {
    test: /kustomization\.yaml is empty/,
    message: 'a kustomization is empty',
    hint: 'List what it is made of, under resources.',
    find: emptyKustomization,
  },
  {
    test: /(?:kind|apiVersion)[^:]{0,200} should be/,
    message: 'it has a kind or an apiVersion that no kustomization has',
    hint: 'Take both out, or see what kustomize has for them.',
    find: ({ closure }) => fieldBlame(closure, 'kind') ?? fieldBlame(closure, 'apiVersion'),
  },
  {
    test: /expected kind (?:!= )?'Component'/,
    message: 'components may list only Components, and resources none',
    hint: 'Move the entry to the field that fits it.',
    find: wrongKind,
  },
  {
    test: /cycle detected/,
    message: 'a kustomization is built on itself',
    hint: 'Take the entry out.',
    find: circularEntry,
  },
  {
    test: /security; file|cannot be absolute/,
    message: 'a file is outside of the folder of its kustomization, where kustomize reads none',
    hint: 'Move it below, or make a kustomization of its folder and list the folder.',
    find: foreignFile,
  },
  {
    test: /unable to find one of 'kustomization/,
    message: 'a folder has no kustomization file',
    hint: 'List its files, or give it a kustomization.',
    find: bareFolder,
  },
  {
    test: /no such file or directory|must resolve to a file|not a valid directory|file is not directory/,
    message: 'a file or folder that it names is not there',
    hint: 'Check the path, which counts from the folder of the kustomization.',
    find: failed => absentEntry(failed) ?? functionEntry(failed),
  },
];
