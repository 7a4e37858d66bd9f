import type { Fault, Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, valueAt } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { beforeEnvironment, isOneChoice } from './merge-environment.ts';
import type { SpecObject } from './spec.ts';

/**
 * Nulls that do nothing: an environment's that removes what the base has not, and sections and entries of the
 * base that say nothing. A section of an environment is let be where it was empty before: it is about to be written.
 */
export function nullEntryFaults(document: SpecObject): Fault[] {
  const { clusters = {}, environments = {} } = document.spec;
  const base = beforeEnvironment(document);
  return [
    ...emptySections(document),
    ...emptyEntries(base),
    ...Object.entries(clusters).flatMap(([name, change]) =>
      idleNulls(change ?? {}, base, ['spec', 'clusters', name]),
    ),
    ...Object.entries(environments).flatMap(([name, change]) =>
      idleNulls(change ?? {}, beforeEnvironment(document, name), ['spec', 'environments', name]),
    ),
  ];
}

function emptySections({ spec }: SpecObject): Fault[] {
  return Object.entries(spec)
    .filter(([, section]) => section === null)
    .map(([name]) => ({
      ...empty(name, ['spec', name]),
      hint: BY_THEMSELVES.has(name)
        ? `Write \`${name}: {}\` for what is usual, or take the line out.`
        : 'Write below it what it has, or take the line out.',
    }));
}

/** Sections that mean something with nothing in them. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['iam', 'runbook']);

function empty(name: string, path: Path): Pick<Fault, 'id' | 'message' | 'path' | 'isAboutName'> {
  const message = `"${name}" is empty, and nothing is made of it`;
  return { id: 'empty-entry', message, path, isAboutName: true };
}

/** Collections of the spec whose entries have names. */
const SECTIONS = [
  'stores',
  'databases',
  'secrets',
  'push',
  'workloads',
  'resources',
  'inject',
  'shapes',
] as const;

function emptyEntries(base: object): Fault[] {
  return SECTIONS.flatMap(section =>
    Object.entries(mapAt(base, section))
      .filter(([, entry]) => entry === null)
      .map(([name]) => ({
        ...empty(name, ['spec', section, name]),
        hint: 'Write below it what it is, or take the line out; null removes only in an environment.',
      })),
  );
}

/** `path` begins with the three steps to the environment, or the cluster. */
function idleNulls(change: object, base: object, path: Path): Fault[] {
  const inSpec = path.slice(3).map(String);
  if (isOneChoice(inSpec) || isOwnTerms(inSpec)) return [];
  const isSection = inSpec.length === 0;
  return Object.entries(change).flatMap(([name, value]) => {
    const before = Object.hasOwn(base, name) ? (base as JsonObject)[name] : undefined;
    const at = [...path, name];
    if (isMap(value)) return idleNulls(value, isMap(before) ? before : {}, at);
    const isIdle = value === null && (before ?? value) === null && !isSection;
    return isIdle ? [removesNothing(name, Object.keys(base), at)] : [];
  });
}

/** Where null means something else: in a patch, in objects, and in a collector's configuration. */
function isOwnTerms([section, , field = '']: readonly string[]): boolean {
  const inObjects = section === 'resources' && field === 'object';
  return field === 'patch' || inObjects || (section === 'workloads' && field === 'config');
}

function removesNothing(name: string, known: readonly string[], path: Path): Fault {
  const parent = String(path.at(-2));
  const what = path.length === 5 ? parent : `names below "${parent}"`;
  const names = known.length === 0 ? '' : ` ${knownNames(what, name, known)}`;
  return {
    id: 'idle-null',
    message: `null removes "${name}", which the base has not`,
    hint: `Take the line out.${names}`,
    path,
    isAboutName: true,
  };
}

/**
 * Empty members in a collector's configuration, `batch:`. The collector takes them for defaults,
 * but on their way to it they may be dropped while pipelines still name them
 * (docs/facts/opentelemetry.md#empty-members). In an environment null removes what the base has,
 * and only that.
 */
export function nullConfigFaults(document: SpecObject): Fault[] {
  const { workloads, environments = {} } = document.spec;
  const base = configNulls(workloads, ['spec', 'workloads']);
  const changes = Object.entries(environments).flatMap(([name, change]) =>
    configNulls(change?.workloads, ['spec', 'environments', name, 'workloads']).filter(
      path => valueAt(document, ['spec', ...path.slice(3)]) === undefined,
    ),
  );
  return [...base, ...changes].map(path => ({
    id: 'empty-config',
    message: `"${path.at(-1)}" is empty, and would be dropped on the way to the collector`,
    hint: `Write ${path.at(-1)}: {}.`,
    path,
    isAboutName: true,
  }));
}

function configNulls(workloads: SpecObject['spec']['workloads'], path: Path): Path[] {
  return Object.entries(workloads ?? {}).flatMap(([name, workload]) =>
    isMap(workload) ? nullsIn(workload['config'] ?? {}, [...path, name, 'config']) : [],
  );
}

function nullsIn(value: unknown, path: Path): Path[] {
  if (value === null) return [path];
  return isMap(value)
    ? Object.entries(value).flatMap(([name, child]) => nullsIn(child, [...path, name]))
    : [];
}
