import type { Place } from '../../source/finding.ts';
import type { Host } from '../host.ts';
import {
  absentEntry,
  bareFolder,
  brokenYaml,
  circularEntry,
  foreignFile,
  functionEntry,
  namedEntry,
  remoteEntry,
} from './blame-entries.ts';
import { badField, emptyKustomization, fieldPlace, secondFile, wrongKind } from './blame-fields.ts';
import { badLiteral, badSource, generatorOf } from './blame-generators.ts';
import { badPatch, patchOf } from './blame-patches.ts';
import type { Closure } from './closure.ts';

/** What is known when kustomize has failed. */
export interface Failed {
  readonly closure: Closure;
  readonly host: Host;
  /** What kustomize says: never shown. */
  readonly text: string;
}

/** What is to blame: the place, and a message that is better than the general one. */
export interface Blame {
  readonly at?: Place;
  readonly message?: string;
}

/** A failure of kustomize in our words. */
interface Explanation {
  /** Tells it by kustomize's message. */
  readonly test: RegExp;
  readonly message: string;
  readonly hint?: string;
  readonly find?: (failed: Failed) => Blame | undefined;
}

/** The failures that are known, the surest first. */
export const EXPLANATIONS: readonly Explanation[] = [
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
  {
    test: /must specify --enable-helm/,
    message: 'it has a Helm chart made',
  },
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
    test: /(?:kind|apiVersion)[^:]* should be/,
    message: 'it has a kind or an apiVersion that no kustomization has',
    hint: 'Take both out, or see what kustomize has for them.',
    find: ({ closure }) => fieldPlace(closure, 'kind') ?? fieldPlace(closure, 'apiVersion'),
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
    message: 'a generator merges into what is not there',
    hint: 'Check its name, or take its behavior out.',
    find: generatorOf,
  },
  {
    test: /exists; can not use behavior/,
    message: 'a generator makes what is there already',
    hint: 'Give it another name, or a behavior: merge or replace.',
    find: generatorOf,
  },
  {
    test: /already registered id/,
    message: 'an object is in it twice',
    hint: 'Take one of the two out, or give it another name or namespace.',
    find: namedEntry,
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
    message: 'a patch is for an object that is not there',
    hint: 'Check its apiVersion, kind, name and namespace.',
    find: patchOf,
  },
  {
    test: /Patch\w*Transformer|SM or JSON patch|patch|operation does not apply|doc is missing/,
    message: 'a patch is neither an object to merge nor a list of operations that fit',
    hint: 'Check the patch, and that the fields it changes are there.',
    find: badPatch,
  },
  {
    test: /replacement|nothing selected by|fieldPath/,
    message: 'a replacement has no source, or no target',
    hint: 'Check what its source and its targets select.',
    find: ({ closure }) => fieldPlace(closure, 'replacements'),
  },
  {
    test: /var '/,
    message: 'a var stands for a field that is not there',
    hint: 'Check what its objref and fieldref name.',
    find: ({ closure }) => fieldPlace(closure, 'vars'),
  },
  {
    test: /does not match a config with the following GVK/,
    message: 'replicas name a workload that is not there',
    hint: 'Check the name.',
    find: ({ closure }) => fieldPlace(closure, 'replicas'),
  },
  {
    test: /failed to run '|no 'git' program|Get "|dial tcp|HTTP Error|hit \d+m?s timeout/,
    message: 'it fetches what cannot be had',
    hint: 'Check the address, and that this machine may reach it.',
    find: remoteEntry,
  },
];
