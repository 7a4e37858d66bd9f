import type { Finding } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { hideSecrets } from '../../ground/secret-text.ts';
import type { Closure } from './closure.ts';
import { CONTENT } from './content-failures.ts';
import { STRUCTURE } from './structure-failures.ts';

/** Where a failure is looked for. */
export interface Scene {
  readonly file: string;
  readonly host: Host;
}

/**
 * Why kustomize failed, in our words: its own quote values, secrets among them, pointers and paths
 * of folders that are gone. What they do not know, its first line tells, without what it quotes.
 */
export function failureOf(stderr: string, closure: Closure, { file, host }: Scene): Finding {
  const text = stderr.slice(Math.max(0, stderr.indexOf('Error: ')));
  const known = [...STRUCTURE, ...CONTENT]
    .filter(({ test }) => test.test(text))
    .map(({ find, ...told }) => ({ ...told, ...find?.({ closure, host, text }) }));
  const said = known.find(({ at }) => at !== undefined) ?? known[0];
  const {
    message = maskedLine(text, closure, host),
    hint,
    mayLack = false,
    at = { file, line: 1, column: 1 },
  } = said ?? {};
  const isPartial = closure.unread.length > 0;
  const lacks = isPartial ? UNREAD : hint;
  return {
    rule: 'unreadable',
    severity: isPartial && mayLack ? 'warning' : 'error',
    message: `kustomize cannot build it: ${hideSecrets(message)}`,
    ...(lacks !== undefined && { hint: lacks }),
    field: '',
    at,
  };
}

const UNREAD = 'It may be that it needs what was not read.';

/**
 * The first line of a message that is not known, without what may be a value or a path: what it
 * quotes, and every word that one of the files has too.
 */
function maskedLine(text: string, closure: Closure, host: Host): string {
  const [line = ''] = text.replace(/^Error: /, '').split(/\r?\n/, 1);
  const words = wordsIn(closure, host);
  const shown = line
    .slice(0, MOST)
    .replaceAll(/(?<![A-Za-z])'[^']*'?|"[^"]*"?|`[^`]*`?/g, '…')
    .replaceAll(/\S{0,400}[^\s\w.,;:'-]\S{0,4000}|0x\w{1,40}/g, '…')
    .replaceAll(/[\w.-]+/g, word => (words.has(word) ? '…' : word))
    .replaceAll(/…[\s…]*/g, '… ');
  return /\w/.test(shown) ? shown.trim() : 'it does not say why';
}

/** How much of a line is looked at. */
const MOST = 300;

function wordsIn({ kustomizations, files }: Closure, host: Host): Set<string> {
  const texts = [
    ...kustomizations.map(({ text }) => text),
    ...[...new Set(files.values())].map(file => textOf(file, host)),
  ];
  return new Set(texts.flatMap(text => text.match(/[\w.-]+/g) ?? []));
}
