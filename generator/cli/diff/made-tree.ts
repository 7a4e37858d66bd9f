import { join, relative } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { expand } from '../../make/pipeline.ts';
import { leftOverlays, otherFiles } from '../../read/sets/tree-beside.ts';
import { withFiles } from '../../read/virtual-files.ts';
import { STALE } from '../../report/review/verdict.ts';
import type { SidePlace } from './side.ts';
import { specOf } from './side-spec.ts';

/** A side as its spec makes it, where the tree beside the spec is another one. */
export interface MadeTree {
  readonly place: SidePlace;
  /** That it is another one, and which files differ. */
  readonly finding: Finding;
}

/**
 * What a spec makes, where that is not what stands beside it: it was changed, or its tree was, and
 * `expand` has not run since. Undefined where they are the same, or the spec makes nothing.
 */
export function madeTree({ path, folder, host }: SidePlace, file: string): MadeTree | undefined {
  const spec = join(path, file);
  const read = specOf(path, file, host);
  const expansion = read && expand(read.spec, host.validators).value;
  if (expansion === undefined) return undefined;
  const other = otherFiles(expansion, path, host);
  const left = leftOverlays(expansion, path, host);
  const names = [...other.map(([name]) => name), ...left];
  if (names.length === 0) return undefined;
  const root = host.realPath(path) ?? path;
  const files = new Map(other.map(([name, text]) => [join(root, name), text]));
  const gone = left.map(name => join(root, name));
  return {
    place: { path, folder, host: withFiles(host, files, gone) },
    finding: staleFinding(names, spec),
  };
}

const SHOWN = 3;

function staleFinding(names: readonly string[], spec: string): Finding {
  const shown = names.slice(0, SHOWN).join(', ');
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return {
    rule: STALE,
    severity: 'warning',
    message: `what stands beside ${relative('.', spec)} is not what it makes: ${shown}${more}. Both are compared`,
    hint: 'Run `rem-secrets expand` and commit what it writes.',
    field: '',
    at: { file: spec, line: 1, column: 1 },
  };
}
