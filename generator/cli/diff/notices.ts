import type { Finding } from '../../ground/finding.ts';
import type { ReadSides } from './side.ts';

/** What was not taken as it stands: files, acknowledgements, and a side that has nothing. */
export function noticesOf({ base, head, stale, labels, settings }: ReadSides): Finding[] {
  const empty = [
    ...(base.isEmpty ? [`the base side, ${labels.base}, has no manifests`] : []),
    ...(head.isEmpty ? [`the head side, ${labels.head}, has no manifests`] : []),
  ];
  const said = new Set(head.notices.map(({ at }) => at?.file));
  const isNothing = empty.length === 2 && !base.hasOthers() && !head.hasOthers();
  const severity = isNothing ? 'error' : 'warning';
  return [
    ...(stale ?? []),
    ...unreadOf({ base, head }),
    ...empty.map(
      message => ({ rule: 'no-manifests', severity, message, hint: HINT, field: '' }) as const,
    ),
    ...base.notices.filter(({ at }) => !said.has(at?.file)),
    ...head.notices,
    ...settings.findings,
  ];
}

/** What is left out, each once: on both sides the same, or of an environment that has one. */
function unreadOf({ base, head }: Pick<ReadSides, 'base' | 'head'>): Finding[] {
  const all = [...base.unread, ...head.unread].map(({ finding }) => finding);
  return [...new Map(all.reverse().map(finding => [finding.message, finding])).values()].reverse();
}

const HINT = 'Name a folder that has some, or the spec with --file.';
