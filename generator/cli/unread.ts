import type { Finding } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { unreadCount } from '../read/kustomize/unread.ts';
import type { ManifestSource } from '../read/manifest-source.ts';
import type { ManifestSet } from '../read/sets/manifest-set.ts';
import { exitCodes } from './command.ts';
import { printFindings } from './print.ts';

/** What is not seen of manifests: what cannot be read, and what is not read. */
export interface Unseen {
  readonly broken: readonly Finding[];
  readonly unread: readonly Finding[];
}

/** What is not seen of sources, each once. */
export function unseenIn(sources: Iterable<ManifestSource>): Unseen {
  const all = [...new Set(sources)];
  return {
    broken: all.flatMap(({ findings }) => [...findings]),
    unread: all.flatMap(({ unread = [] }) => [...unread]),
  };
}

/** The same, source by source. */
export function notSeen(sources: Iterable<ManifestSource>): Finding[] {
  return [...new Set(sources)].flatMap(({ findings, unread = [] }) => [...unread, ...findings]);
}

/** Tells what is not seen of sets, and what else is wrong, beside what is shown. Returns the exit code. */
export function tellUnread(
  sets: readonly ManifestSet[],
  host: Host,
  faults: readonly Finding[] = [],
): number {
  const { broken, unread } = unseenIn(sets.flatMap(({ sources }) => [...sources]));
  return tellUnseen({ broken: [...broken, ...faults], unread }, host);
}

/** Tells what is not seen beside what is shown. Returns the exit code. */
export function tellUnseen({ broken, unread }: Unseen, host: Host, where = 'not in it'): number {
  printFindings([...unread, ...broken], { format: 'text' }, host);
  if (unread.length > 0) host.stderr(`rem-secrets: ${where}: ${unreadCount(unread.length)}\n`);
  return isAllSeen(broken) ? exitCodes.ok : exitCodes.findings;
}

/** Whether what is said keeps nothing from being seen. */
export function isAllSeen(findings: readonly Finding[]): boolean {
  return findings.every(({ severity }) => severity === 'warning');
}
