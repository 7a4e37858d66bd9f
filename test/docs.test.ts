import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { checkConfig } from '../generator/lint/config.ts';
import { commandLine } from '../generator/main.ts';
import { nodeHost } from '../generator/shell/host.ts';
import { folderOf, output, root } from './machine.ts';
import { blocks } from './markdown-blocks.ts';

const pages = output('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'])
  .split('\n')
  .filter(page => page !== '' && !/^(?:test|runbook|docs\/examples)\//.test(page))
  .filter(page => existsSync(join(root, page)));

const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

function callsIn(page: string): string[] {
  const text = textOf(page);
  const code = text.match(/^( *)```[\s\S]*?^\1```/gm) ?? [];
  const prose = text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, '').match(/`rem-secrets [^`]+`/g) ?? [];
  const lines = [...code.flatMap(block => block.split('\n')), ...prose];
  return lines.flatMap(line => {
    const [, words] =
      /^(?:.*[`|] *|.*&& |\$ | *)(?:generator\/)?rem-secrets ([a-z-].*)/.exec(line) ?? [];
    return words === undefined || words.startsWith('COMMAND')
      ? []
      : [words.replace(/`$| (?:[#|>]|&&|\|\|).*| *\\$/, '')];
  });
}

const wordsOf = (call: string): string[] =>
  (call.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map(word => word.replaceAll(/['"]/g, ''));

/** What the command line has against a call; undefined: nothing. */
function faultOf(call: string): string | undefined {
  try {
    const host = { ...nodeHost(folderOf()), stdout: () => {}, stderr: () => {} };
    commandLine(host).parse(wordsOf(call), { from: 'user' });
    return undefined;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 || error.code === 'commander.help' ? undefined : error.message;
  }
}

test('what the pages say of the command line is so', () => {
  const calls = pages
    .filter(page => page !== 'CHANGELOG.md')
    .flatMap(page => callsIn(page).map(call => [page, call] as const));
  expect(calls.length).toBeGreaterThan(100);
  const wrong = calls.flatMap(([page, call]) => {
    const fault = faultOf(call);
    return fault === undefined ? [] : [`${page}: rem-secrets ${call}: ${fault}`];
  });
  expect(wrong).toEqual([]);
});

test('the settings of docs/adopt.md are settings', () => {
  const [settings = ''] = blocks('docs/adopt.md', 'yaml');
  expect(checkConfig(load(settings)).faults).toEqual([]);
});

test('the README is a page', () =>
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120));

test('docs/README.md lists every page once', () => {
  const listed = [...textOf('docs/README.md').matchAll(/^\|.*\]\(([\w-]+\.md)\) +\|$/gm)];
  const names = readdirSync(join(root, 'docs')).filter(name => name.endsWith('.md'));
  expect(listed.map(([, name]) => name).sort()).toEqual(
    names.filter(name => name !== 'README.md').sort(),
  );
});
