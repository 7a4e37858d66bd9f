import { expect, test } from 'vitest';
import { compare } from '../../generator/diff/diff.ts';
import { checkRisks } from '../../generator/diff/risk-rules.ts';
import { hostLost } from '../../generator/diff/risks/host-lost.ts';
import { identityDuplicate } from '../../generator/diff/risks/identity-duplicate.ts';
import type { PlacedObject } from '../../generator/kinds/kind.ts';
import { placedObject } from '../../generator/kinds/kinds.ts';
import { nothingOutside, type ObjectSet } from '../../generator/world/object-set.ts';
import { objectsOf } from '../machine.ts';

function objects(...files: readonly string[]): PlacedObject[] {
  return files.flatMap((yaml, file) =>
    objectsOf(yaml).map((object, index) => placedObject(object, file, [index], '')),
  );
}

function set(own: readonly PlacedObject[], context: readonly PlacedObject[] = []): ObjectSet {
  return { objects: own, context, outside: nothingOutside };
}

function messages(base: ObjectSet, head: ObjectSet): string[] {
  const comparison = compare({ name: '', base, head }, () => undefined);
  return checkRisks(comparison, [hostLost, identityDuplicate]).map(({ message }) => message);
}

const config = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: shop }\n---\n`;

test('files of one folder must not have the same object, and those of several may', () => {
  const [base, head] = [objects(config('a')), objects(config('a'), config('a'))];
  const folders = (...names: readonly string[]): ObjectSet => ({
    ...set(head),
    folders: new Map(names.map((name, file) => [file, name])),
  });
  expect(messages(set(base), folders('one', 'one'))).toEqual([
    'the ConfigMap "a" is there twice: kustomize refuses that, and without it only the last one counts',
  ]);
  expect(messages(set(base), folders('one', 'two'))).toEqual([]);
});

const policy = (namespace: string, verb: string): string => `apiVersion: example.org/v1
kind: ClusterPolicy
metadata: { name: p, namespace: ${namespace} }
spec: { verb: ${verb} }
---
`;

test('what kustomize takes for two by the namespace is one where it says two things', () => {
  const inOne = (...texts: readonly string[]): ObjectSet =>
    set(objects(texts.join('')).map(object => ({ ...object, namespace: '' })));
  const base = set(objects(config('a')));
  expect(messages(base, inOne(policy('a', 'get'), policy('b', 'get')))).toEqual([]);
  expect(messages(base, inOne(policy('a', 'get'), policy('b', 'list')))).toEqual([
    'the ClusterPolicy "p" is there twice: a cluster has one, and only the last one counts',
  ]);
});

test('where files of several clusters are read together, one file must not', () => {
  const base = objects(config('a'), config('a'));
  const both = config('a') + config('b');
  expect(messages(set(base), set(objects(both, both)))).toEqual([]);
  expect(messages(set(base), set(objects(both, both + config('c') + config('c'))))).toEqual([
    'the ConfigMap "c" is there twice: kustomize refuses that, and without it only the last one counts',
  ]);
});

const service = (name: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name}, namespace: shop }\nspec: { ports: [{ port: 80 }] }\n---\n`;
const reader = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: r, namespace: web }\ndata: { url: 'http://api.shop.svc' }\n`;

test('a Service is lost to the other environments of its cluster, and its own says so', () => {
  const [before, after, other] = [
    objects(service('api')),
    objects(service('app')),
    objects(reader),
  ];
  expect(messages(set(before, other), set(after, other))).toEqual([
    'the Service "api" is gone from namespace "shop", and the ConfigMap "r" still names it: the name does not resolve',
  ]);
  expect(messages(set(other, before), set(other, after))).toEqual([]);
});
