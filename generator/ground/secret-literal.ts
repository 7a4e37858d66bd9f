import { isSecretLiteral } from './secret-names.ts';
import { isRandomWord, secretShape } from './secret-text.ts';

/** Where a text stands. */
export interface TextPlace {
  /** The name it goes by. */
  readonly name: string;
  /** It names something: a secret, a key, a place in a store. */
  readonly isReference: boolean;
}

/** What kind of secret a text holds. */
export function secretIn(text: string, { name, isReference }: TextPlace): string | undefined {
  if (text.length < 6) return undefined;
  const shape = secretShape(text);
  if (shape !== undefined) return shape;
  const isSecret = isReference
    ? isRandomWord(text)
    : isSecretLiteral(text, name) || hasSecretInside(text);
  return isSecret ? 'a secret value' : undefined;
}

/** `--password` before `value`, as arguments of a command. */
export function optionBefore(list: readonly unknown[], index: number): string | undefined {
  const before = list[index - 1];
  return typeof before === 'string' && /^--?[a-z][\w.-]{0,99}$/i.test(before) ? before : undefined;
}

/** `password=…` in a longer text, as in arguments and connection strings; `Bearer …` in a header. */
function hasSecretInside(text: string): boolean {
  const pairs = text.includes('=')
    ? text.matchAll(/\b([a-z][\w.-]{0,63})=['"]?([^\s&;,'"]{1,500})/gi)
    : [];
  for (const [, name = '', value = ''] of pairs) if (isSecretLiteral(value, name)) return true;
  const token = /^(?:Bearer|Basic|Token)\s{1,9}(\S{1,5000})$/i.exec(text)?.[1];
  return token !== undefined && isSecretLiteral(token, 'token');
}
