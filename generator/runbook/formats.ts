import { page } from '#runbook/page';
import type { Formats } from '../report/format.ts';
import { code } from '../report/markdown.ts';
import { escaped } from '../report/svg.ts';
import { oneLine } from '../report/text.ts';
import type { RunbookFormatName } from '../spec/spec.ts';
import type { Runbook } from './entries.ts';
import { documentOf } from './pages.ts';
import type { Block, Text } from './words.ts';

/** Runbooks as one page of HTML, which needs no network and no script. */
function renderRunbookHtml(runbooks: readonly Runbook[]): string {
  const content = runbooks.map((runbook, index) => ({
    id: `runbook-${index + 1}`,
    name: runbook.name,
    blocks: documentOf(runbook),
  }));
  return page.render({ runbooks: content }, value => escaped(oneLine(String(value))));
}

/** Runbooks in Markdown, one after the other. */
function renderRunbookMarkdown(runbooks: readonly Runbook[]): string {
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
  if ('items' in block) return block.items.map(item => `- ${markdown(item)}\n`).join('');
  // A command is one line and begins with a word of ours, so it cannot end the block.
  if ('command' in block) return `\`\`\`sh\n${block.command}\n\`\`\`\n`;
  const rule = block.head.map(() => '---');
  const rows = block.rows.map(row => row.map(markdown));
  return [block.head, rule, ...rows].map(row => `| ${row.join(' | ')} |\n`).join('');
}

function markdown(text: Text): string {
  return text.map(part => (typeof part === 'string' ? part : span(part.code))).join('');
}

/** A name as code: in backticks where nothing in it has a meaning in Markdown, so that the source is readable. */
function span(name: string): string {
  return /^(?!.*www\.)[-\w./](?:[-\w./ ]{0,118}[-\w./])?$/i.test(name) ? `\`${name}\`` : code(name);
}

/** The formats of `runbook --output`, and of the files in `runbook/`. */
export const runbookFormats: Formats<readonly Runbook[]> &
  Readonly<
    Record<RunbookFormatName, { readonly render: (runbooks: readonly Runbook[]) => string }>
  > = {
  markdown: { render: renderRunbookMarkdown },
  html: { render: renderRunbookHtml },
};
