import type { Host } from '../core/host.ts';
import { type Formats, rendered } from '../report/finding.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { type AllowedFlags, allowedFor, withFlags, wrongUsage } from '../shell/flags.ts';
import { explain, shownOn, tellBuilds } from '../shell/print.ts';
import { replayed } from '../shell/replay.ts';
import { writeInto } from '../shell/write-tree.ts';
import { reviewOf } from './build-review.ts';
import { renderReviewHtml } from './formats/html/page.ts';
import { renderReviewJson, renderReviewSarif } from './formats/json.ts';
import { renderReviewMarkdown } from './formats/markdown.ts';
import { renderReviewText } from './formats/text.ts';
import { blockers, isBroken, newErrors, type Review } from './review.ts';
import { type NamedSides, sidesOf } from './sides.ts';

export const diffFormats: Formats<Review> = {
  text: renderReviewText,
  json: renderReviewJson,
  html: renderReviewHtml,
  markdown: renderReviewMarkdown,
  sarif: renderReviewSarif,
};

/** What `--reports` writes. */
export const diffReports = {
  json: 'review.json',
  html: 'review.html',
  markdown: 'review.md',
  sarif: 'review.sarif',
};

interface DiffFlags extends Omit<NamedSides, 'file' | 'helm'>, AllowedFlags {
  readonly reports?: string;
  readonly explain?: string;
}

const DEFAULTS = { base: 'rev:HEAD', head: '.' } as const;

export const diffCommand: CommandLine<DiffFlags> = {
  name: 'diff',
  description: 'show what changes between two revisions or folders, and which changes are risky',
  examples: [
    ['diff', 'the last commit and the working tree'],
    ['diff --base rev:main', 'what this branch changes'],
    ['diff --base rev:main --reports review', 'the same, also as a page, a comment and SARIF'],
    ['diff --explain cluster-removed', 'what a risk means, and what to do'],
  ],
  define: (command, run) => {
    command
      .option(
        '--base <rev|path>',
        'the side before: rev:REVISION, path:PATH, or a name that can only be one of them',
        DEFAULTS.base,
      )
      .option('--head <rev|path>', 'the side after; . is the working tree', DEFAULTS.head);
    withFlags(command, 'ownNamespace', 'noCache', 'helm', 'exec', 'remote')
      .option('--acknowledgements <file>', 'the accepted risks (.rem-secrets-review.yaml of head)')
      .option(
        '--config <file>',
        'the config of lint (.rem-secrets-lint.yaml: what it accepts and excludes from base, the rest from head)',
      )
      .option('--reports <folder>', 'also write the review there, in every format but text')
      .option('--explain <rule>', 'print the page of a rule')
      .allowExcessArguments()
      .action((flags, { args }) => (args.length === 0 ? run(flags) : refuseSides(args, flags)));
  },
};

export const diff: Action<DiffFlags> = {
  run: (options, host) => {
    if (options.explain !== undefined) return explain(options.explain, options, host);
    const { reports: writes, base, head } = options;
    const run = { ...options, writes, places: [base, head] };
    return replayed(run, host, kept => review(options, kept));
  },
  formats: diffFormats,
};

/** `git diff` takes its sides as words, and paths after them; here each side has its flag. */
function refuseSides(words: readonly string[], { base, head }: DiffFlags): never {
  const [first, second] = words.flatMap(word => word.split(/\.{2,3}/)).filter(Boolean);
  const isSaid = base !== DEFAULTS.base || head !== DEFAULTS.head;
  return wrongUsage(
    isSaid
      ? `diff compares whole sides, and takes no ${words.join(' ')}`
      : `diff takes its sides as flags: --base ${first}${second === undefined ? '' : ` --head ${second}`}`,
  );
}

async function review(options: DiffFlags & CommonOptions, host: Host): Promise<number> {
  const { helm: _, ...named } = options;
  const sides = await sidesOf({ ...named, ...(await allowedFor(options, host)) }, host);
  const judged = reviewOf(sides, host);
  const page = pageOfRun(host);
  const shown = { ...shownOn(host), ...(page !== undefined && { page }) };
  const textIn = (format: string): string => rendered(diffFormats, format, judged, shown);
  if (options.reports !== undefined) {
    const reports = Object.entries(diffReports).map(
      ([name, file]) => [file, textIn(name)] as const,
    );
    writeInto({ what: 'the reports', folder: options.reports }, reports, host);
  }
  host.stdout(textIn(options.format));
  tellBuilds(sides.builds ?? [], host);
  // What blocks wins over what could not be read.
  if (blockers(judged).length + newErrors(judged).length > 0) return exitCodes.findings;
  return isBroken(judged) ? exitCodes.usage : exitCodes.ok;
}

/** The page of the CI job that runs this, with its artifacts (docs/facts/review.md#runs). */
function pageOfRun({ env }: Host): string | undefined {
  const [server, repository, run] = RUN.map(name => env(name) ?? '');
  const page = env('CI_JOB_URL') ?? `${server}/${repository}/actions/runs/${run}`;
  return /^https?:\/\/[\w.:-]+(?:\/[\w.-]+)+$/.test(page) ? page : undefined;
}

const RUN = ['GITHUB_SERVER_URL', 'GITHUB_REPOSITORY', 'GITHUB_RUN_ID'];
