import { readText, root } from './machine.ts';

/** The code blocks of a language in a Markdown file of the repository. */
export function blocks(file: string, language: string): string[] {
  const fence = '`'.repeat(3);
  const parts = readText(root, file).split(`${fence}${language}\n`).slice(1);
  return parts.map(part => part.slice(0, part.indexOf(`\n${fence}`) + 1));
}

/** The commands in the `sh` blocks of a file, or those of another language, without their comments. */
export function commandsIn(file: string, language = 'sh'): string[] {
  return blocks(file, language)
    .flatMap(block => block.split('\n'))
    .map(line => line.replace(/\s+#.*$/, '').trim())
    .filter(line => line !== '');
}
