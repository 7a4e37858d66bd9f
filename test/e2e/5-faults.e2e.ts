import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { kinds } from '../../generator/kinds/kinds.ts';
import { objectsOf, root } from '../machine.ts';
import { apart, faults, ruleCase, setOfCase } from './cases.ts';
import { refTo, send } from './cluster.ts';
import { prepare } from './deploy.ts';
import { complaint } from './live.ts';
import { record } from './observed.ts';

const { refused, neverReady, publicRefused, publicNeverReady } = faults;
const observed: Record<string, Record<string, string>> = {};

/** The object of a case that an entry of the table means. */
function wanted(objects: readonly KubeObject[], entry: string): KubeObject {
  const found = objects.find(({ kind, metadata: { name } }) => {
    const [first = '', second = ''] = entry.split('/');
    return kind === first && (name === second || (name.startsWith(`${second}-`) && isApart(kind)));
  });
  if (found === undefined) throw new Error(`the case has no ${entry}`);
  return found;
}

/** Kinds whose objects `apart` may have renamed. */
function isApart(kind: string): boolean {
  const isOfCluster = kinds.some(known => known.kind === kind && known.isOfCluster);
  return isOfCluster || kind === 'SecretStore' || kind === 'Deployment';
}

async function isRefused(objects: readonly KubeObject[], entry: string): Promise<string> {
  await prepare(setOfCase(objects));
  const { status, body } = await send(wanted(objects, entry), { isDryRun: true });
  expect(status, `${entry} was accepted`).toBeGreaterThanOrEqual(300);
  return String(body['message']);
}

/** The API server lists several errors, each on a line, in the order of a map of Go's: in any. */
function inOrder(message: string): string {
  const [first, ...others] = message.split('\n');
  return [first, ...others.sort()].join('\n');
}

/** ESO makes the keys of a template in the order of a map of Go's: at which of them it stops is chance. */
function atAnyKey(message: string): string {
  const stop = /unable to execute template at key .*: map has no entry for key "[^"]*"/s;
  return message.replace(stop, 'unable to execute template at key …: map has no entry for key "…"');
}

/** Applies what ESO reads and makes, and waits until it says the words of each object; all that it says. */
async function areNeverReady(
  objects: readonly KubeObject[],
  words: readonly (readonly [entry: string, text: string])[],
): Promise<Record<string, string>> {
  const flow = objects.filter(
    ({ apiVersion, kind }) =>
      /external-secrets\.io|rbac\.authorization|^v1$|cnpg\.io/.test(apiVersion) &&
      kind !== 'Service',
  );
  await prepare(setOfCase(flow));
  // Objects of the same case may be refused; those that are looked at may not.
  await Promise.all(flow.filter(({ kind }) => kind !== 'Namespace').map(object => send(object)));
  const said = await Promise.all(
    words.map(async ([entry, text]) => [
      entry,
      atAnyKey(await complaint(refTo(wanted(flow, entry)), text)),
    ]),
  );
  return Object.fromEntries(said) as Record<string, string>;
}

describe('the cluster refuses what a rule says that it refuses', () => {
  test.for(Object.entries(refused))('%s', async ([rule, words]) => {
    const objects = ruleCase(rule, 'bad');
    for (const [entry, text] of Object.entries(words)) {
      const message = await isRefused(objects, entry);
      observed[rule] = { ...observed[rule], [entry]: inOrder(message) };
      expect(message).toContain(text);
    }
  });
});

describe('ESO never gets ready what a rule says that it does not', () => {
  test.concurrent.for(Object.entries(neverReady))('%s', async ([rule, words]) => {
    const said = await areNeverReady(ruleCase(rule, 'bad'), Object.entries(words));
    observed[rule] = { ...observed[rule], ...said };
  });
});

test('what was said is written down', () => {
  expect(Object.keys(observed).sort()).toEqual(
    [...new Set([...Object.keys(refused), ...Object.keys(neverReady)])].sort(),
  );
  record('faults', observed);
});

const folder = join(root, '../shared/faults');
const isThere = existsSync(folder);
if (!isThere) process.stdout.write(`e2e: the public fault cases were not tried: no ${folder}\n`);

function publicCase(number: string, kind: 'cases' | 'clean'): KubeObject[] {
  const name = readdirSync(join(folder, kind)).find(entry => entry.startsWith(`${number}-`));
  if (name === undefined) throw new Error(`there is no public case ${number}`);
  const text = readFileSync(join(folder, kind, name, 'manifests.yaml'), 'utf8');
  return apart(objectsOf(text), `${kind}-${number}`);
}

describe.skipIf(!isThere)('public cases', () => {
  test.for(Object.entries(publicRefused))(
    '%s is refused, its twin is not',
    async ([number, words]) => {
      for (const [entry, text] of Object.entries(words)) {
        expect(await isRefused(publicCase(number, 'cases'), entry)).toContain(text);
        const twin = publicCase(number, 'clean');
        await prepare(setOfCase(twin));
        const answers = await Promise.all(twin.map(object => send(object, { isDryRun: true })));
        expect(
          answers.flatMap(({ status, body }) => (status < 300 ? [] : [body['message']])),
        ).toEqual([]);
      }
    },
  );

  test.concurrent.for(Object.entries(publicNeverReady))(
    '%s never gets ready',
    async ([number, words]) => {
      await areNeverReady(publicCase(number, 'cases'), Object.entries(words));
    },
  );
});
