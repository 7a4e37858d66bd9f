import { expect, test } from 'vitest';
import { cnpgCluster, fluxKustomization, podReading } from '../manifests.ts';
import { changed, type Files } from './repository.ts';

const LOGIN = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: login, namespace: shop }
spec:
  secretStoreRef: { kind: ClusterSecretStore, name: aws }
  data: [{ secretKey: a, remoteRef: { key: /a } }]
`;
const BEFORE: Files = {
  'flux/db.yaml': fluxKustomization('db'),
  'apps/db/a.yaml': cnpgCluster('a'),
  'apps/db/b.yaml': cnpgCluster('b'),
  'apps/db/login.yaml': LOGIN,
  'web/pod.yaml': podReading('login'),
};

interface Risk {
  readonly rule: string;
  readonly name: string;
  readonly level: string;
  readonly environments: readonly string[];
  readonly related: readonly { readonly note: string }[];
  readonly acknowledged: { readonly reason: string } | null;
}

async function reviewed(after: Files, before: Files = BEFORE) {
  const { status, stdout } = await changed(before, after, '--format', 'json');
  const { risks, unusedAcknowledgements } = JSON.parse(stdout);
  return { status, risks: risks as Risk[], unused: unusedAcknowledgements };
}

test('what goes with an applier is one risk, at the level of the worst, in all their environments', async () => {
  const { risks } = await reviewed({ 'flux/db.yaml': undefined });
  expect(risks).toMatchObject([
    { name: 'db', level: 'block', environments: ['flux', 'apps/db', 'web'] },
  ]);
  expect(risks[0]?.related.map(({ note }) => /\[(.*)\]$/.exec(note)?.[1])).toEqual([
    'cluster-removed',
    'cluster-removed',
    'secret-lost',
    undefined,
  ]);
});

test('what is removed for itself has a cause of its own, with those that miss it', async () => {
  const { risks } = await reviewed({
    'apps/db/a.yaml': undefined,
    'apps/db/login.yaml': undefined,
  });
  expect(risks).toMatchObject([
    { rule: 'cluster-removed', name: 'a', related: [] },
    { rule: 'secret-lost', name: 'web' },
  ]);
});

const acknowledged = (...rules: readonly string[]): Files => ({
  'flux/db.yaml': undefined,
  '.rem-secrets-review.yaml': `acknowledge: [${rules
    .map(rule => `{ rule: ${rule}, object: "*/*/*", reason: ${rule} }`)
    .join(', ')}]\n`,
});

test('an acknowledgement of the cause covers all that comes of it', async () => {
  const { status, risks, unused } = await reviewed(acknowledged('flux-kustomization-removed'));
  expect({ status, unused }).toEqual({ status: 0, unused: [] });
  expect(risks).toMatchObject([{ acknowledged: { reason: 'flux-kustomization-removed' } }]);
});

test('an acknowledgement of a part covers that part', async () => {
  const { status, risks, unused } = await reviewed(acknowledged('secret-lost'));
  expect({ status, unused }).toEqual({ status: 1, unused: [] });
  expect(risks).toMatchObject([
    { rule: 'flux-kustomization-removed', level: 'block', acknowledged: null },
    { rule: 'secret-lost', acknowledged: { reason: 'secret-lost' } },
  ]);
});

test('of very many places some are listed, and how many more there are', async () => {
  const many = Array.from({ length: 40 }, (_, index) => cnpgCluster(`c${index}`)).join('---\n');
  const { risks } = await reviewed(
    { 'flux/db.yaml': undefined },
    { ...BEFORE, 'apps/db/a.yaml': many },
  );
  expect(risks[0]?.related).toHaveLength(30);
  expect(risks[0]?.related.at(-1)?.note).toMatch(/; and so it is with \d+ more$/);
});
