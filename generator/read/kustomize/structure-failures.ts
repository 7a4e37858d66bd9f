import {
  absentEntry,
  bareFolder,
  circularEntry,
  foreignFile,
  functionEntry,
} from './blame-entries.ts';
import { badField, emptyKustomization, fieldBlame, secondFile, wrongKind } from './blame-fields.ts';
import type { Explanation } from './explanation.ts';

/** What may be wrong with kustomizations and what they name, the surest first. */
export const STRUCTURE: readonly Explanation[] = [
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
