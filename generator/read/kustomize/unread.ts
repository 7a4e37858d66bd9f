import { dirname } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { textAt } from '../../ground/json.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import type { ChartFailure } from '../helm/chart-failure.ts';
import { isBelow } from '../inside.ts';
import {
  type Buildable,
  entryName,
  entryPlace,
  entryTarget,
  type Kustomization,
  type KustomizationEntry,
} from './kustomization.ts';
import { isField, valuesAt } from './loads.ts';
import { hasOption, isRemote, shownRemote, sourcePath } from './remote.ts';

/** Why something is not loaded. */
type Reason =
  | 'remote'
  | 'refused'
  | 'outside'
  | 'chart'
  | 'unclear function'
  | 'program'
  | 'unapplied';

/** One that is not loaded. `inner`: what a function that it sets up would load; else it is itself. */
export interface Unread extends KustomizationEntry {
  readonly reason: Reason;
  readonly inner?: string;
  /** Why Helm did not make a chart, and what to do. */
  readonly failure?: ChartFailure;
}

/** Why an entry is not read; undefined: it is. */
export function whyUnread(
  entry: KustomizationEntry,
  { root, allowed }: Pick<Buildable, 'root' | 'allowed'>,
  host: Host,
): Reason | undefined {
  const { load } = entry;
  if (load.kind === 'chart') return 'chart';
  if ([load.entry, sourcePath(load.entry)].some(isRemote)) {
    if (allowed.enableRemote !== true) return 'remote';
    return hasOption(load.entry) ? 'refused' : undefined;
  }
  const place = entryTarget(entry, host);
  return place === undefined || isBelow(root, place) ? undefined : 'outside';
}

interface Words {
  readonly what: string;
  readonly hint: string;
}

const WORDS: Readonly<Record<Reason, Words>> = {
  remote: { what: 'remote', hint: '--enable-remote reads it, for trusted repositories only.' },
  refused: {
    what: 'refused, as a part that begins with - would be an option of git',
    hint: 'Take the - away.',
  },
  outside: { what: 'outside of the repository', hint: 'Move it into the repository.' },
  chart: {
    what: 'a Helm chart',
    hint: 'Lint what it makes too, as in `kustomize build --enable-helm FOLDER | rem-secrets lint -`.',
  },
  'unclear function': {
    what: 'what sets up a function is changed by kustomize first, or is no plain YAML',
    hint: 'Write it out in one file; --enable-exec reads it as it is, if you trust it.',
  },
  program: {
    what: 'a function that is no part of kustomize',
    hint: '--enable-exec runs it, if you trust it.',
  },
  unapplied: {
    what: 'replacements, as what they need may be in what was not read',
    hint: '--enable-remote, or --enable-exec, reads that, for trusted repositories only.',
  },
};

/** What is said of an entry that is not read. */
export function unreadFinding(unread: Unread): Finding {
  const { what, hint } = WORDS[unread.reason];
  const folder = dirname(unread.by.file);
  const entry = shownRemote(unread.inner ?? entryName(unread));
  const { failure } = unread;
  return {
    rule: 'not-read',
    severity: 'warning',
    message: `not read: ${what}${entry === '' ? '' : `: ${entry}`}${failure ? `: ${failure.why}` : ''}`,
    hint: failure?.hint ?? hint.replace('FOLDER', folder),
    field: '',
    at: entryPlace(unread),
  };
}

/**
 * What may be in the cluster because of entries that are not read: of what sets kustomize up, or
 * fills a ConfigMap, and of CRDs nothing that this tool asks for comes.
 */
export function unknownsOf(unread: readonly Unread[], root: Kustomization | undefined): Unknown[] {
  const namespace = textAt(root?.document, 'namespace');
  return unread.filter(mayHaveObjects).map(entry => {
    const name = shownRemote(entry.inner ?? entryName(entry));
    const reason = WORDS[entry.reason].what.replace(/^(remote|outside)/, 'something $1');
    const what = name === '' ? reason : `${reason}, "${name}"`;
    return {
      what,
      ...(namespace !== undefined && { namespace }),
      ...(entry.reason === 'chart' && { isChart: true as const }),
      ...(entry.reason === 'remote' && isOneFile(entry) && { mayMake: namedLike(entry) }),
    };
  });
}

/** A file of manifests somewhere: what a project has people install. */
function isOneFile({ load: { entry } }: Unread): boolean {
  return /\.(?:ya?ml|json)(?:\?[^/]{0,200})?$/.test(entry);
}

/** What a project installs is named after it: with a word of its address at the beginning, or a name whole. */
function namedLike({ load: { entry } }: Unread): (name: string) => boolean {
  const names = entry
    .toLowerCase()
    .split(/[^a-z0-9-]+/)
    .filter(name => name.length > 3);
  const words = new Set(names.flatMap(name => name.split('-')));
  return name => words.has(name.split('-')[0] ?? '') || names.some(part => name.includes(part));
}

function mayHaveObjects({ load: { entry, path } }: Unread): boolean {
  const isSetting = SETTINGS.some(field => isField(String(path[0]), field));
  return !isSetting && !/(?:^|[/_.-])crds?(?:[/_.?-]|$)/i.test(entry);
}

const SETTINGS = ['crds', 'configurations', 'openapi', 'configMapGenerator', 'validators'];

/** How a count of what is not read is said: `2 entries that were not read`. */
export function unreadCount(count: number): string {
  return count === 1 ? '1 entry that was not read' : `${count} entries that were not read`;
}

/** The replacements and vars of all kustomizations: what they take from or put into may be missing. */
export function unappliedIn(kustomizations: readonly Kustomization[]): Unread[] {
  return kustomizations.flatMap(by =>
    ['replacements', 'vars'].flatMap(field =>
      valuesAt(by.document, [field]).map(({ path }) => ({
        by,
        load: { kind: 'file', entry: '', path, unit: path } as const,
        reason: 'unapplied' as const,
      })),
    ),
  );
}
