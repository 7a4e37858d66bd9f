import fc from 'fast-check';
import { test } from 'vitest';
import { readText, root } from '../../machine.ts';
import { type Call, callOf, callsOf, checkCall, inFolder } from './commands.ts';
import { hold } from './hold.ts';
import { layout, mutated, written } from './mutate.ts';

const lint = {
  failOn: 'warning',
  namespace: 'shop',
  accept: [
    { rule: 'unknown-secret', object: 'Deployment/shop/web', reason: 'made by hand' },
    { rule: 'missing-reload', object: 'Deployment/*/*', reason: 'restarted' },
  ],
  outside: {
    secrets: { 'shop/web-keys': ['token'], 'other/*': true },
    objects: ['ClusterSecretStore/vault', 'Namespace/shop'],
  },
};
const review = {
  acknowledge: [
    {
      rule: 'storage-shrunk',
      object: 'Cluster/shop/shop-db',
      reason: 'it is empty',
      environment: '*',
    },
    { rule: 'secret-lost', reason: 'nobody reads it' },
  ],
};

const side = (name: string) => readText(root, 'test/review/risks/storage-shrunk', `${name}.yaml`);

const calls: readonly Call[] = callsOf('base', 'head').flatMap(call => [
  call,
  ...(call.args.includes('diff')
    ? [
        {
          args: [
            ...call.args,
            '--config',
            '.rem-secrets-lint.yaml',
            '--acknowledgements',
            '.rem-secrets-review.yaml',
          ],
        },
      ]
    : []),
]);

test('no settings break a command, whatever they hold and wherever', async () =>
  await hold(
    'settings',
    15,
    [
      fc.tuple(mutated([lint, review]), layout),
      fc.tuple(mutated([review, lint]), layout),
      callOf(calls.filter(({ args }) => args.includes('lint') || args.includes('diff'))),
    ],
    async ([config, configLayout], [acknowledgements, reviewLayout], call) => {
      const settings = ['', 'base/', 'head/'].flatMap(folder => [
        [`${folder}.rem-secrets-lint.yaml`, written(configLayout, [config])] as const,
        [`${folder}.rem-secrets-review.yaml`, written(reviewLayout, [acknowledgements])] as const,
      ]);
      const files = [
        ...settings,
        ['base/a.yaml', side('base')],
        ['head/a.yaml', side('risky')],
      ] as const;
      await inFolder(files, folder => checkCall(folder, call));
    },
  ));
