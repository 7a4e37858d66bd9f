import { shown } from '../graph/shown-names.ts';

/** A text in which some words are names or code. */
export type Text = readonly (string | { readonly code: string })[];

/** A part of a runbook, whatever it is written as. */
export type Block =
  | { readonly heading: Text; readonly level: 2 | 3 }
  | { readonly text: Text }
  | { readonly items: readonly Text[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Text[])[] }
  | { readonly command: string };

/** A name from anywhere, as it may be shown. */
function named(name: string): Text {
  return [{ code: shown(name) }];
}

/** A sentence of ours; what is put in is a name, or text of ours again. */
export function t(parts: TemplateStringsArray, ...names: readonly (string | Text)[]): Text {
  return parts.flatMap((part, index) => {
    const name = names[index - 1];
    const own = part === '' ? [] : [part];
    if (name === undefined) return own;
    return [...(typeof name === 'string' ? named(name) : name), ...own];
  });
}

/** Texts one after the other. */
export function joined(texts: readonly Text[], between: string = ', '): Text {
  return texts.flatMap((text, index) => (index === 0 ? text : [between, ...text]));
}

/** Names one after the other. */
export function listed(names: readonly string[]): Text {
  return joined(names.map(named));
}

export function heading(level: 2 | 3, text: Text): Block {
  return { heading: text, level };
}

/** Why a command is given, and the command. */
export function told(text: Text, ...commands: readonly string[]): Block[] {
  return [{ text }, ...commands.map(command => ({ command }))];
}
