import { basename, dirname, join, relative, resolve } from 'node:path';
import { validate } from '#validators/rem-secrets-baseline';
import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sortBy } from '../core/json.ts';
import { type Identity, identityKey, identityOf } from '../report/identity.ts';
import { readConfigFile } from '../shell/config.ts';
import { writeInto } from '../shell/write-tree.ts';
import { isBelow } from '../world/inside.ts';
import { renderValue } from '../yaml/write.ts';
import { checkDocument } from './accept.ts';
import type { LintReport } from './report.ts';

/** Findings that are known, in a file. */
export interface Baseline {
  readonly file: string;
  readonly findings: readonly KnownFinding[];
}

/** A known finding, and its file from the folder of the baseline on. Without a file it is empty. */
interface KnownFinding extends Identity {
  readonly file: string;
}

/** Reads a baseline. Gives the first thing that is wrong in it, or in one sentence why it cannot be read. */
export function readBaseline(file: string, host: Host): Baseline | Finding[] | string {
  const check = (document: unknown): ReturnType<typeof checkDocument<Baseline>> =>
    checkDocument<Baseline>(document, validate);
  const read = readConfigFile<Baseline>({ named: file, usual: file }, host, check);
  if (typeof read === 'string') return read;
  if (!Array.isArray(read)) return { findings: [], ...read.config, file };
  const hint = `This is no baseline: write it again with --write-baseline ${file}.`;
  return read.slice(0, 1).map(finding => ({ ...finding, hint }));
}

/** Writes what was found as a baseline: the same findings give the same bytes. */
export function writtenBaseline(file: string, findings: readonly Finding[], host: Host): Baseline {
  const known = new Map(
    findings.map(finding => {
      const entry = knownFinding(file, finding, host);
      return [JSON.stringify([identityKey(entry), entry.file]), entry];
    }),
  );
  const sorted = sortBy([...known], ([key]) => key).map(([, entry]) => entry);
  const text = `${HEAD}\n${renderValue({ findings: sorted.map(entry => ({ ...entry })) })}`;
  const folder = dirname(file);
  writeInto({ what: 'the baseline', folder }, [[basename(file), text]], host);
  return { file, findings: sorted };
}

const HEAD =
  '# Findings that are known: lint --baseline fails for new ones only. Written by lint --write-baseline.';

function knownFinding(baseline: string, finding: Finding, { cwd }: Host): KnownFinding {
  const file = finding.at?.file ?? '';
  const identity = identityOf(finding);
  if (file === '' || file === 'stdin') return { ...identity, file };
  const shown = relative(resolve(cwd, dirname(baseline)), resolve(cwd, file));
  // What is wrong with a whole file is known by it.
  const { object } = finding;
  return { ...identity, ...(object === undefined && { subject: shown }), file: shown };
}

/** What a run found that a baseline does not know. */
interface Compared extends Pick<LintReport, 'baseline'> {
  readonly findings: readonly Finding[];
}

/**
 * Findings held against a baseline. Of those that are alike it knows as many as it has files, first those of
 * the same files: a finding whose file has moved is not new. What lies at none of the paths is not mended.
 */
export function heldAgainst(
  baseline: Baseline,
  findings: readonly Finding[],
  paths: readonly string[],
  host: Host,
): Compared {
  const before = groupBy(baseline.findings, identityKey);
  const after = groupBy(
    findings.map(finding => ({ finding, ...knownFinding(baseline.file, finding, host) })),
    identityKey,
  );
  const isNew = new Set<Finding>();
  const gone: string[] = [];
  let known = 0;
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const now = groupBy(after.get(key) ?? [], ({ file }) => file);
    const then = new Set((before.get(key) ?? []).map(({ file }) => file));
    const left = [...then].filter(file => !now.has(file));
    const come = [...now.keys()].filter(file => !then.has(file));
    gone.push(...left.slice(come.length));
    const added = come.slice(left.length);
    known += now.size - added.length;
    for (const file of added) for (const { finding } of now.get(file) ?? []) isNew.add(finding);
  }
  const places = paths.map(path => resolve(host.cwd, path));
  const isAt = (file: string): boolean => {
    const place = resolve(host.cwd, join(dirname(baseline.file), file));
    return paths.length === 0 || file === '' || places.some(path => isBelow(path, place));
  };
  return {
    findings: findings.filter(finding => isNew.has(finding)),
    baseline: { known, mended: gone.filter(isAt).length },
  };
}
