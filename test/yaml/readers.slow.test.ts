import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWrittenAlike } from '../../generator/world/kustomize/build.ts';
import { parseManifests, parseStream } from '../../generator/yaml/parse.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { root } from '../machine.ts';
import { cornerText } from './corners.ts';

/** The documents as kustomize and kubectl read them; null where one of them refuses the text. */
interface Readings {
  readonly kustomize: unknown[] | null;
  readonly kubectl: unknown[] | null;
  /** What kubectl reads of what kustomize wrote. */
  readonly built: unknown[] | null;
}

function readAsDeployers(texts: readonly string[]): Readings[] {
  const ran = spawnSync(join(root, '.tools/deployers-yaml'), {
    input: texts.map(text => `${JSON.stringify(text)}\n`).join(''),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  return ran.stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

/** As JSON has it: names in one order, and no documents that hold nothing. */
function plain(documents: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(documents.filter(document => document !== null)));
}

const isObject = (document: unknown): boolean =>
  typeof document === 'object' &&
  document !== null &&
  ('apiVersion' in document || 'kind' in document);

test('a text that is read is read as kustomize and kubectl read it', async () => {
  const texts = fc.array(cornerText, { minLength: 1000, maxLength: 1000, size: 'max' });
  await hold('YAML as the deployers read it', 5, [fc.noShrink(texts)], all => {
    const read = all.filter(text => parseStream(text).value !== undefined);
    for (const [index, { kustomize, kubectl }] of readAsDeployers(read).entries()) {
      const text = read[index] ?? '';
      const ours = plain(parseStream(text).value ?? []);
      expect([kustomize, kubectl], JSON.stringify(text)).toEqual([ours, ours]);
    }
  });
});

test('of texts with documents of other programs the objects are those of kustomize and kubectl', async () => {
  const texts = fc.array(cornerText, { minLength: 1000, maxLength: 1000, size: 'max' });
  await hold('objects beside other documents', 2, [fc.noShrink(texts)], all => {
    const isMixed = (text: string): boolean =>
      parseManifests(text).value !== undefined && parseStream(text).value === undefined;
    const read = all.filter(isMixed);
    for (const [index, readings] of readAsDeployers(read).entries()) {
      const text = read[index] ?? '';
      const ours = plain((parseManifests(text).value ?? []).filter(isObject));
      for (const theirs of [readings.kustomize, readings.kubectl])
        expect(theirs?.filter(isObject) ?? ours, JSON.stringify(text)).toEqual(ours);
    }
  });
});

test('a text that kustomize is not asked about is one that it writes as it is', async () => {
  const texts = fc.array(cornerText, { minLength: 1000, maxLength: 1000, size: 'max' });
  await hold('texts of lists', 2, [fc.noShrink(texts)], all => {
    const read = all.filter(text => {
      const { value } = parseStream(text);
      return value !== undefined && isWrittenAlike(text, value);
    });
    for (const [index, { built }] of readAsDeployers(read).entries()) {
      const text = read[index] ?? '';
      expect(built, JSON.stringify(text)).toEqual(plain(parseStream(text).value ?? []));
    }
  });
});
