import type { Runbook } from '../../operate/runbook/runbook.ts';
import { code } from '../review/markdown/escape.ts';
import type { Block, Text } from './blocks.ts';
import { documentOf } from './document.ts';

/** Runbooks in Markdown, one after the other. */
export function renderRunbookMarkdown(runbooks: readonly Runbook[]): string {
  return runbooks.map(runbookMarkdown).join('\n');
}

function runbookMarkdown(runbook: Runbook): string {
  const title = `# Runbook: ${span(runbook.name)}\n`;
  const intro =
    'Made from the manifests: names, never values. The commands are for bash, with kubectl, the AWS CLI and jq.\n';
  return [title, intro, ...documentOf(runbook).map(blockMarkdown)].join('\n');
}

function blockMarkdown(block: Block): string {
  if ('heading' in block) return `${'#'.repeat(block.level)} ${markdown(block.heading)}\n`;
  if ('text' in block) return `${markdown(block.text)}\n`;
  if ('items' in block) return `${block.items.map(item => `- ${markdown(item)}\n`).join('')}`;
  // A command is one line that begins with a word of ours: it ends no block.
  if ('command' in block) return `\`\`\`sh\n${block.command}\n\`\`\`\n`;
  const rule = block.head.map(() => '---');
  const rows = block.rows.map(row => row.map(markdown));
  return [block.head, rule, ...rows].map(row => `| ${row.join(' | ')} |\n`).join('');
}

function markdown(text: Text): string {
  return text.map(part => (typeof part === 'string' ? part : span(part.code))).join('');
}

/** What means nothing in Markdown, and is no link, can be read in the source too. */
function span(name: string): string {
  return /^(?!.*www\.)[-\w./](?:[-\w./ ]{0,118}[-\w./])?$/i.test(name) ? `\`${name}\`` : code(name);
}
