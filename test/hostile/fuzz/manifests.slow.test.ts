import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'vitest';
import { objectsOf, root, yamlIn } from '../../machine.ts';
import { type Call, callOf, callsOf, checkCall, checkFunction, inFolder } from './commands.ts';
import { hold } from './hold.ts';
import { layout, mutated, written } from './mutate.ts';

/** The manifests of the cases of rules and risks, which between them have every kind we look at. */
const sets: readonly (readonly unknown[])[] = ['lint/rules', 'review/risks'].flatMap(folder =>
  readdirSync(join(root, 'test', folder)).flatMap(rule =>
    readdirSync(join(root, 'test', folder, rule))
      .filter(file => file.endsWith('.yaml') && !file.startsWith('.'))
      .map(file => objectsOf(readFileSync(join(root, 'test', folder, rule, file), 'utf8'))),
  ),
);

const calls: readonly Call[] = [
  ...callsOf('base.yaml', 'head.yaml'),
  ...callsOf('head.yaml', 'base.yaml'),
  ...callsOf('-', '-').filter(({ args }) => !args.includes('diff') && !args.includes('validate')),
];

test('no manifest breaks a command or the function, whatever it holds and wherever', async () =>
  await hold(
    'manifests',
    20,
    [
      fc.constantFrom(...sets).chain(set => fc.tuple(fc.constant(set), mutated([set]))),
      layout,
      callOf(calls),
      fc.boolean(),
    ],
    async ([set, changed], how, call, isList) => {
      const items = Array.isArray(changed) ? changed : [changed];
      const head = written(how, isList ? [{ apiVersion: 'v1', kind: 'List', items }] : items);
      const files = [
        ['base.yaml', set.map(object => JSON.stringify(object)).join('\n---\n')],
        ['head.yaml', head],
      ] as const;
      await inFolder(files, async folder => {
        await checkCall(folder, { ...call, input: head });
        await checkFunction(folder, written(how, [{ ...lint, items }]));
      });
    },
  ));

const lint = {
  kind: 'ResourceList',
  functionConfig: { apiVersion: 'rem-secrets.io/v1alpha1', kind: 'RemSecretsLint' },
};

function withTemplate(text: string): string {
  const target = { template: { data: { a: text } } };
  const metadata = { name: 'a' };
  const apiVersion = 'external-secrets.io/v1';
  return JSON.stringify({ apiVersion, kind: 'ExternalSecret', metadata, spec: { target } });
}

test.for<[name: string, manifests: string]>([
  ...Object.entries(yamlIn<Record<string, string>>(import.meta.dirname, 'odd.yaml')),
  ['a template with 50,000 parentheses', withTemplate(`{{ ${'('.repeat(50_000)} .a }}`)],
  ['a template with 50,000 branches', withTemplate('{{ if .a }}'.repeat(50_000))],
])('neither does %s', async ([, manifests]) => {
  for (const command of ['lint', 'graph'])
    await inFolder([], folder => checkCall(folder, { args: [command, '-'], input: manifests }));
});
