import fc from 'fast-check';
import { test } from 'vitest';
import { readText, root, yamlIn } from '../../machine.ts';
import { type Call, callOf, callsOf, checkCall, inFolder } from './commands.ts';
import { hold } from './hold.ts';
import { layout, mutated, written } from './mutate.ts';

const { lint, review } = yamlIn<{ readonly lint: object; readonly review: object }>(
  import.meta.dirname,
  'settings.yaml',
);

const side = (name: string) => readText(root, 'test/review/risks/storage-shrunk', `${name}.yaml`);

const SETTINGS = [
  ...['--config', '.rem-secrets-lint.yaml'],
  ...['--acknowledgements', '.rem-secrets-review.yaml'],
];

const calls: readonly Call[] = callsOf('base', 'head').flatMap(call =>
  call.args.includes('diff') ? [call, { args: [...call.args, ...SETTINGS] }] : [call],
);

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
