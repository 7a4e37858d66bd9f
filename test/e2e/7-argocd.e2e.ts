import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { kustomizeBuild, objectsOf } from '../machine.ts';
import { applications, lookAtGit, refresh, settled, statusOf, summary } from './argocd.ts';
import { apply, expectOk, find, get, merge, refTo, remove, until } from './cluster.ts';
import { allowEverySecret } from './control-plane/eso.ts';
import { madeByHand } from './deploy.ts';
import { externalSecret, readiness, valuesOf } from './live.ts';
import { secretsOf } from './observe.ts';
import { record } from './observed.ts';
import { disagreements, predictedSecrets } from './predict.ts';
import { makeRepository } from './repository.ts';
import { seed } from './seeds.ts';
import { cluster } from './sets.ts';

/* The app-of-apps on the shared cluster, which has none of its objects when this begins. */

const repository = makeRepository();
let commit = '';
const shared = cluster('rem-shared');
/** What ESO says beside an immutable Secret that it would change. */
const KEPT = 'could not update secret, target is immutable';
const names = ['rem', 'rem-dev', 'rem-shared', 'rem-staging'];
const children = names.slice(1);

beforeAll(async () => {
  await repository.write();
  await apply(allowEverySecret);
  await seed(shared.graph, 'shop');
  const settings = readFileSync(join(repository.folder, 'argocd/argocd-cm.patch.yaml'), 'utf8');
  await Promise.all(objectsOf(settings).map(object => apply(object, { manager: 'health' })));
});

/** The Applications stay as they are, and nothing is synced again, however often one looks. */
async function stayAsTheyAre(): Promise<void> {
  const before = await applications();
  for (let round = 0; round < 3; round += 1) await Promise.all(names.map(refresh));
  const after = await applications();
  for (const application of after) {
    const { name } = application.metadata;
    const earlier = before.find(({ metadata }) => metadata.name === name);
    expect(`${name} ${summary(application)}`).toBe(`${name} Synced/Healthy`);
    expect(statusOf(application).operationState?.finishedAt).toBe(
      earlier === undefined ? undefined : statusOf(earlier).operationState?.finishedAt,
    );
  }
}

test('from an empty cluster every Application gets synced and healthy', async () => {
  commit = repository.push();
  const objects = kustomizeBuild(join(repository.folder, 'argocd'));
  const isFirst = (kind: string): boolean => kind === 'AppProject';
  for (const object of objects.filter(({ kind }) => isFirst(kind))) await apply(object);
  for (const object of objects.filter(({ kind }) => !isFirst(kind))) await apply(object);
  // The pods of staging wait for what people make, and Argo CD for them.
  await until('the namespaces are there', async () => {
    await Promise.all(shared.byHand.map(madeByHand));
    return true;
  });
  await settled(commit, names);
});

test('then the Secrets are those that were predicted', async () => {
  await until('the Secrets are there', async () => {
    const found = disagreements(predictedSecrets(shared), await secretsOf(shared));
    if (found.length > 0) throw new Error(found.join('; '));
    return true;
  });
});

test('objects came in the order of their waves', async () => {
  for (const target of ['dev', 'staging', 'shared']) {
    const built = kustomizeBuild(join(repository.folder, 'overlays', target));
    const live = await Promise.all(built.map(object => get(refTo(object))));
    const waves = live.map(({ metadata }) => {
      const wave = Number(metadata.annotations?.['argocd.argoproj.io/sync-wave'] ?? 0);
      const { creationTimestamp } = metadata as { readonly creationTimestamp?: string };
      return { wave, created: creationTimestamp ?? '', name: metadata.name };
    });
    for (const early of waves)
      for (const late of waves)
        if (early.wave < late.wave)
          expect(early.created <= late.created, `${early.name} before ${late.name}`).toBe(true);
  }
});

test('nothing changes for three refreshes with server-side diff, as generated', stayAsTheyAre);

test('a changed object is put right', async () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'rem-api',
    name: 'phoenix',
  };
  const imageOf = async (): Promise<string | undefined> => {
    const { template } = (await get(deployment))['spec'] as {
      readonly template: {
        readonly spec: { readonly containers: readonly { readonly image: string }[] };
      };
    };
    return template.spec.containers[0]?.image;
  };
  const wanted = await imageOf();
  const { spec } = await get(deployment);
  const changed = JSON.parse(
    JSON.stringify(spec).replaceAll(String(wanted), 'example.com/other:1'),
  );
  await expectOk(merge(deployment, { spec: { template: changed.template } }));
  expect(await imageOf()).toBe('example.com/other:1');
  await until('the image is the old one', async () => (await imageOf()) === wanted);
});

test('a Secret that was made once stays, and healthy, when its ExternalSecret is made anew', async () => {
  const secret = { namespace: 'rem-api', name: 'rem-jwt-secret' };
  const before = await valuesOf(secret);
  await remove(externalSecret(secret));
  await until('ESO refuses to change it', async () => {
    const ready = await readiness(externalSecret(secret));
    return ready?.message === KEPT;
  });
  await settled(commit, names);
  expect(isDeepStrictEqual(await valuesOf(secret), before), 'the value is the old one').toBe(true);
});

test('a removed object is pruned, and the Secret that it owned goes with it', async () => {
  await repository.write(({ spec }) => {
    delete spec.secrets['rem-oauth-creds'];
    const env = spec.workloads['rem-api']?.env ?? {};
    for (const name of Object.keys(env))
      if (/^AUTH__(GOOGLE|MICROSOFT)/.test(name)) delete env[name];
  });
  repository.push();
  await Promise.all(children.map(lookAtGit));
  const there = { namespace: 'rem-api', name: 'rem-oauth-creds' };
  await until('both are gone', async () => {
    const secret = await find({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      ...there,
    });
    const made = await find({ apiVersion: 'v1', kind: 'Secret', ...there });
    return secret === undefined && made === undefined;
  });
});

test('nothing changes for three refreshes with the default diff either', async () => {
  const folder = join(repository.folder, 'argocd/applications');
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    const changed = text.replace('ServerSideDiff=true', 'ServerSideDiff=false');
    writeFileSync(join(folder, file), changed);
  }
  commit = repository.push();
  await Promise.all(names.map(lookAtGit));
  await settled(commit, names);
  await stayAsTheyAre();
});

test('the end is written down', async () => {
  await until('all is settled again', async () => {
    const states = (await applications()).map(summary);
    return states.every(state => state === 'Synced/Healthy');
  });
  const found = (await applications()).map(item => [item.metadata.name, summary(item)] as const);
  record('argocd', Object.fromEntries(found));
});
