import { type Token, templatePieces } from '../../../ground/go-template/go-template-tokens.ts';

/**
 * What a template makes of its sources: the same text for two templates that differ only in the
 * names of the fetched keys and in how they are asked for. One that only passes a key on is the
 * source of that key. A template that Go does not read stands for itself.
 */
export function templateSource(template: string, sourceOf: (key: string) => string): string {
  const pieces = templatePieces(template);
  if (pieces.some(piece => 'fault' in piece)) return template;
  const parts = pieces.map(piece =>
    'action' in piece ? actionParts(piece.action, sourceOf) : 'text' in piece ? [piece.text] : [],
  );
  const [only] = parts;
  return parts.length === 1 && only?.length === 1 ? String(only[0]) : JSON.stringify(parts);
}

function actionParts(tokens: readonly Token[], sourceOf: (key: string) => string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const read = keyAt(tokens, at);
    parts.push(read === undefined ? wordOf(tokens[at]) : sourceOf(read.key));
    at += read?.length ?? 1;
  }
  return parts;
}

/** The key that is read here, and by how many tokens: `index . "k"`, `$.k` or `.k`. */
function keyAt(
  tokens: readonly Token[],
  at: number,
): { readonly key: string; readonly length: number } | undefined {
  const [first, second, third] = tokens.slice(at, at + 3);
  const isIndex = first?.kind === 'word' && first.text === 'index' && isData(second);
  if (isIndex && third?.kind === 'text') return { key: third.text, length: 3 };
  if (first?.text === '$' && second?.kind === 'field' && second.isJoined)
    return { key: second.text, length: 2 };
  return first?.kind === 'field' && !first.isJoined ? { key: first.text, length: 1 } : undefined;
}

function isData(token: Token | undefined): boolean {
  return token?.kind === 'dot' || token?.text === '$';
}

function wordOf(token: Token | undefined): string {
  return token === undefined ? '' : `${token.kind} ${token.text}`;
}
