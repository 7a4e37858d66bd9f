import { badLiteral, badPatch, badSource, generatorOf, patchOf } from './blame-contents.ts';
import {
  brokenYaml,
  doubledEntry,
  functionEntry,
  namedEntry,
  remoteEntry,
} from './blame-entries.ts';
import { fieldBlame } from './blame-fields.ts';
import type { Explanation } from './explanation.ts';

/** What may be wrong with generators, files, patches and replacements, the surest first. */
export const CONTENT: readonly Explanation[] = [
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
