import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listAt, mapAt, textAt } from '../../generator/core/json.ts';
import { STORES } from '../../generator/kinds/eso/stores.ts';
import { specOf } from '../../generator/kinds/kind.ts';
import { apply, expectOk, refTo, remove, request, until } from './cluster.ts';
import { allowTargets } from './control-plane/eso.ts';
import { complaint, externalSecret, forceSync, readiness } from './live.ts';
import { cluster, golden, together } from './sets.ts';

const sets = together();

/** Who has read a Secret, as the API server's audit log has it. */
function readersOf(namespace: string, name: string): string[] {
  const log = readFileSync(join(process.env['REM_E2E_RUN'] ?? '', 'audit.log'), 'utf8');
  const users = log.split('\n').flatMap(line => {
    if (line === '') return [];
    const { objectRef, user, responseStatus } = JSON.parse(line);
    const isIt = objectRef?.namespace === namespace && objectRef?.name === name;
    return isIt && responseStatus?.code === 200 ? [String(user?.username)] : [];
  });
  return [...new Set(users)].filter(user => user !== 'admin').sort();
}

/** A store of the kubernetes provider, and the account it reads with. */
interface Reading {
  readonly store: string;
  readonly user: string;
  readonly namespace: string;
  readonly secrets: readonly string[];
  readonly isListing: boolean;
}

function readings(): Reading[] {
  return sets.flatMap(({ name, graph }) =>
    [...STORES]
      .reverse()
      .flatMap(graph.byKind)
      .flatMap(object => {
        const kubernetes = mapAt(specOf(object), 'provider', 'kubernetes');
        const account = mapAt(kubernetes, 'auth', 'serviceAccount');
        const [namespace, user] = [textAt(kubernetes, 'remoteNamespace'), textAt(account, 'name')];
        if (namespace === undefined || user === undefined) return [];
        const home = textAt(account, 'namespace') ?? object.namespace;
        const isOf = (kind?: string, of?: string): boolean =>
          kind === object.kind && of === object.name;
        const own = graph.externalSecrets.filter(
          secret => object.namespace === '' || secret.namespace === object.namespace,
        );
        const secrets = own.flatMap(({ data, dataFrom }) => [
          ...data.flatMap(({ storeRef, key }) =>
            isOf(storeRef?.kind, storeRef?.name) ? [key] : [],
          ),
          ...dataFrom.flatMap(({ storeRef, extract }) =>
            extract !== undefined && isOf(storeRef?.kind, storeRef?.name) ? [extract] : [],
          ),
        ]);
        const isListing = own.some(({ spec }) =>
          listAt(spec, 'dataFrom').some(entry => Object.keys(mapAt(entry, 'find')).length > 0),
        );
        const who = `system:serviceaccount:${home}:${user}`;
        return [
          {
            store: `${name} ${object.kind}/${object.name}`,
            user: who,
            namespace,
            secrets,
            isListing,
          },
        ];
      }),
  );
}

async function mayUse(user: string, verb: string, namespace: string, name = ''): Promise<boolean> {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, resourceAttributes: { namespace, verb, resource: 'secrets', name } },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status } = await expectOk(request('POST', path, review));
  return (status as { readonly allowed: boolean }).allowed;
}

describe("a store's account may read what is read through it, and no more", () => {
  test.for(readings().map(reading => [reading.store, reading] as const))(
    '%s',
    async ([, { user, namespace, secrets, isListing }]) => {
      for (const name of secrets) expect(await mayUse(user, 'get', namespace, name)).toBe(true);
      expect(await mayUse(user, 'list', namespace)).toBe(isListing);
      expect(await mayUse(user, 'get', namespace, 'another')).toBe(isListing);
      expect(await mayUse(user, 'update', namespace, secrets[0])).toBe(false);
      expect(await mayUse(user, 'get', 'kube-system', 'another')).toBe(false);
    },
  );
});

describe('it alone has read them: ESO itself has no right on Secrets except on its targets', () => {
  test.for([
    ['platform', 'smtp', ['system:serviceaccount:platform:remote-namespace-platform']],
    ['rem-api', 'rem-postgres-app', ['system:serviceaccount:rem-api:kubernetes-secrets']],
  ] as const)('%s/%s', async ([namespace, name, accounts]) => {
    const others = await until('the audit log has it', async () => {
      const users = readersOf(namespace, name);
      return users.length > 0 ? users.filter(user => !user.includes(':cnpg-system:')) : undefined;
    });
    expect(others).toEqual(accounts);
  });
});

describe('without its RoleBinding a store reads nothing', () => {
  const [binding] = golden('connection-url').objects.filter(({ kind }) => kind === 'RoleBinding');
  if (binding === undefined) throw new Error('connection-url has no RoleBinding');
  const target = { namespace: 'connection-url', name: 'shop-db-url' };

  test('taken away, the sync fails', async () => {
    await remove(refTo(binding));
    await until('the sync fails', async () => {
      await forceSync(target);
      const ready = await readiness(externalSecret(target));
      return ready?.status === 'False';
    });
    await complaint(externalSecret(target), /forbidden|not allowed|not ready/);
  });

  test('given back, it recovers', async () => {
    await apply(binding);
    await until('it is ready', async () => {
      await forceSync(target);
      return (await readiness(externalSecret(target)))?.status === 'True';
    });
  });
});

describe('conditions keep another namespace out of every ClusterSecretStore', () => {
  const stores = cluster('rem-shared').objects.filter(({ kind }) => kind === 'ClusterSecretStore');

  test.for(stores.map(({ metadata }) => metadata.name))('%s', async store => {
    const namespace = 'intruder';
    await apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    await apply(allowTargets(namespace));
    const secret = { namespace, name: store };
    await apply({
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata: secret,
      spec: {
        secretStoreRef: { kind: 'ClusterSecretStore', name: store },
        data: [
          { secretKey: 'password', remoteRef: { key: 'rem-postgres-app', property: 'password' } },
        ],
      },
    });
    await complaint(externalSecret(secret), 'denied by spec.condition');
  });
});
