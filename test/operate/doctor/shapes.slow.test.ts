import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hold } from '../../hostile/fuzz/hold.ts';
import { brokenCluster, type Dumped, expectSaid } from './broken-clusters.ts';

const FORMS: readonly unknown[] = [null, 0, '', 'text', [], [[]], {}, { a: null }, [null], true];
const FIELDS = ['metadata', 'spec', 'status'];

test.for(FIELDS)('a dump with anything as %s makes no crash', async field => {
  for (const form of FORMS) {
    const cluster = brokenCluster();
    for (const list of cluster.files.values()) for (const one of list.items) one[field] = form;
    expect((await cluster.doctor()).status, JSON.stringify(form)).toBeLessThan(3);
  }
});

test.for([
  'conditions',
  'containerStatuses',
  'managedRolesStatus',
  'refreshTime',
  'phase',
  'applied',
])('nor with anything as status.%s', async field => {
  for (const form of FORMS) {
    const cluster = brokenCluster();
    for (const list of cluster.files.values())
      for (const one of list.items) if (one.status) one.status[field] = form;
    expect((await cluster.doctor()).status, JSON.stringify(form)).toBeLessThan(3);
  }
});

/** Every place in a value that can hold another one. */
function slots(value: Dumped): { readonly holder: Dumped; readonly step: string }[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap(step => [{ holder: value, step }, ...slots(value[step])]);
}

test('nor with anything anywhere', async () => {
  await hold(
    'dumps',
    100,
    [fc.nat(), fc.constantFrom(...FORMS), fc.constantFrom('text', 'json')],
    async (at, form, format) => {
      const cluster = brokenCluster();
      const all = slots([...cluster.files.values()]);
      const { holder, step } = all[at % all.length] ?? { holder: {}, step: '' };
      holder[step] = form;
      expect((await cluster.doctor(format)).status).toBeLessThan(3);
    },
  );
});

test('time in proportion: many pods, Secrets and events', async () => {
  const cluster = brokenCluster('not-restarted');
  const pod = cluster.get('Pod', 'worker-0');
  const secret = cluster.get('ExternalSecret', 'db-login');
  for (let number = 0; number < 20_000; number += 1) {
    cluster.add('pods.json', { ...pod, metadata: { ...pod.metadata, name: `worker-${number}` } });
    cluster.tell(secret, 'Updated', `secret updated ${number}`);
  }
  await expectSaid(cluster.doctor(), /\[restart\]$/m, 1);
});
