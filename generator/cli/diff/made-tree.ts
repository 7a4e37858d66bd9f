import { join, relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { leftFolders, otherFiles } from '../../read/sets/tree-beside.ts';
import { withFiles } from '../../read/virtual-files.ts';
import { STALE, UNMADE } from '../../report/review/verdict.ts';
import type { SidePlace } from './side.ts';
import { expansionAt } from './side-spec.ts';

/** What is known of the tree that a spec makes. */
export interface MadeTree {
  /** The side with it, where the tree beside the spec is another one. */
  readonly place?: SidePlace;
  /** That it is another one, and which files differ; or why the spec makes none. */
  readonly findings: readonly Finding[];
}

/**
 * What a spec makes, where that is not what stands beside it: it was changed, or its tree was, and
 * `expand` has not run since. Nothing where they are the same, or there is no spec. `compared`: what is
 * compared of them, as it is told.
 */
export function madeTree(side: SidePlace, compared: string): MadeTree {
  const { path, file, host } = side;
  const expansion = expansionAt(side);
  if (expansion === undefined) return { findings: [] };
  if ('map' in expansion) return { findings: expansion.map(notMade) };
  const other = otherFiles(expansion, path, host);
  const left = leftFolders(expansion, path, host);
  const names = [...other.map(([name]) => name), ...left];
  if (names.length === 0) return { findings: [] };
  const root = host.realPath(path) ?? path;
  const files = new Map(other.map(([name, text]) => [join(root, name), text]));
  const gone = left.map(name => join(root, name));
  return {
    place: { ...side, host: withFiles(host, files, gone) },
    findings: [staleFinding(names, join(path, file), compared)],
  };
}

/** A fault of the spec: its tree is compared as it stands. */
function notMade(fault: Finding): Finding {
  const message = `what the spec makes is not known: ${fault.message}`;
  return { ...fault, rule: UNMADE, severity: 'warning', message };
}

const SHOWN = 3;

function staleFinding(names: readonly string[], spec: string, compared: string): Finding {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return {
    rule: STALE,
    severity: 'warning',
    message: `what stands beside ${relative('.', spec)} is not what it makes: ${shown}${more}. ${compared}`,
    hint: 'Run `rem-secrets expand` and commit what it writes.',
    field: '',
    at: { file: spec, line: 1, column: 1 },
  };
}
