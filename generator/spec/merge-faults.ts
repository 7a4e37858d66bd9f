import type { Fault, Path } from '../core/finding.ts';
import { isMap, type Json, type JsonObject, mapAt, valueAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import {
  ancestry,
  beforeEnvironment,
  COLLECTIONS,
  isOneChoice,
  layerPaths,
  unfinished,
  wordsIn,
} from './merge.ts';
import { layersOf } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/** Reports what does nothing in the merge, but for empty sections of environments: somebody is about to write them. */
export function mergeFaults(document: SpecObject): Fault[] {
  const [, ...layers] = layersOf(document);
  return [
    ...emptySections(document),
    ...emptyEntries(document.spec),
    ...idleWords(document.spec, {}, ['spec']),
    ...layers.flatMap(({ path, layer }) => {
      const [, field, name] = path.map(String);
      const before = beforeEnvironment(document, field === 'environments' ? name : undefined);
      return [
        ...idleNulls(layer, before, path),
        ...idleWords(layer, before, path),
        ...onlyFaults(layer, before, path),
      ];
    }),
    ...extendsFaults(document),
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

const BY_THEMSELVES: ReadonlySet<string> = new Set(['iam', 'runbook']);

function empty(name: string, path: Path): Pick<Fault, 'id' | 'message' | 'path' | 'isAboutName'> {
  const message = `"${name}" is empty, and nothing is made of it`;
  return { id: 'empty-entry', message, path, isAboutName: true };
}

function emptyEntries(base: object): Fault[] {
  return COLLECTIONS.flatMap(section =>
    Object.entries(mapAt(base, section))
      .filter(([, entry]) => entry === null)
      .map(([name]) => ({
        ...empty(name, ['spec', section, name]),
        hint: 'Write below it what it is, or take the line out; null removes only in an environment.',
      })),
  );
}

function idleNulls(change: object, base: object, path: Path): Fault[] {
  const inSpec = path.slice(3).map(String);
  if (isOneChoice(inSpec) || isOwnTerms(inSpec) || 'extends' in change) return [];
  const isSection = inSpec.length === 0;
  return Object.entries(change).flatMap(([name, value]) => {
    const before = Object.hasOwn(base, name) ? (base as JsonObject)[name] : undefined;
    const at = [...path, name];
    if (isMap(value)) return idleNulls(value, isMap(before) ? before : {}, at);
    const isIdle = value === null && (before ?? null) === null && !isSection;
    return isIdle ? [removesNothing(name, Object.keys(base), at)] : [];
  });
}

function removesNothing(name: string, known: readonly string[], path: Path): Fault {
  const parent = String(path.at(-2));
  const what = path.length === 5 ? parent : `names below "${parent}"`;
  const names = known.length === 0 ? '' : ` ${knownNames(what, name, known)}`;
  const message = `null removes "${name}", which the base has not`;
  return { id: 'idle-null', message, hint: `Take the line out.${names}`, path, isAboutName: true };
}

/** Whether a path is in an object's own terms, or among labels or annotations, in which null means something else. */
function isOwnTerms([section, , ...fields]: readonly string[]): boolean {
  const [field = ''] = fields;
  const isOfMarks = fields.length > 0 && /^(pod)?(labels|annotations)$/i.test(fields.at(-1) ?? '');
  const inObjects = section === 'resources' && field === 'object';
  return (
    isOfMarks || field === 'patch' || inObjects || (section === 'workloads' && field === 'config')
  );
}

function idleWords(change: object, before: object, path: Path): Fault[] {
  return wordsIn(change as JsonObject).flatMap(({ word, inSpec }) => {
    const isOfEntry = valueAt(change, [...inSpec.slice(0, 2), 'extends']) !== undefined;
    const known = valueAt(before, inSpec);
    const isIdle = !isMap(known) || Object.keys(known).length === 0;
    if (word === 'extends' || !isIdle || (word === '$patch' && isOfEntry)) return [];
    const message = `"${word}" does nothing: there is no earlier "${inSpec.at(-1)}" of which it could ${word === 'only' ? 'keep entries' : 'take the place'}`;
    const hint =
      'Take the line out; it is for environments, clusters and entries that extend another.';
    return { id: 'idle-merge', message, hint, path: [...path, ...inSpec, word], isAboutName: true };
  });
}

/** Reports words of the merge with another value than they can have. The document may have any shape. */
export function wordFaults(document: unknown): Fault[] {
  const spec = mapAt(document, 'spec');
  const layers = ['clusters', 'environments'].flatMap(field =>
    Object.keys(mapAt(spec, field)).map(name => [field, name]),
  );
  return [[], ...layers].flatMap(layer =>
    wordsIn(mapAt(spec, ...layer)).flatMap(({ word, value, inSpec }) => {
      const expected = EXPECTED.find(([name, isRight]) => name === word && !isRight(value))?.[2];
      const path = ['spec', ...layer, ...inSpec, word];
      const message = `"${word}" must be ${expected}`;
      return expected === undefined
        ? []
        : [{ id: 'wrong-type', message, hint: `Write ${expected}, as docs/spec.md shows.`, path }];
    }),
  );
}

const EXPECTED: readonly [word: string, isRight: (value: Json) => boolean, expected: string][] = [
  ['$patch', value => value === 'replace', 'the word replace'],
  ['extends', value => typeof value === 'string' || value === null, 'the name of an entry'],
  [
    'only',
    value => Array.isArray(value) && value.every(name => typeof name === 'string'),
    'a list of names of entries',
  ],
];

function onlyFaults(change: object, before: object, path: Path): Fault[] {
  return COLLECTIONS.flatMap(section => {
    const { only, ...entries } = mapAt(change, section);
    const known = Object.keys(mapAt(before, section));
    if (!Array.isArray(only) || known.length === 0) return [];
    const unknown = [...only.entries()].filter(([, name]) => !known.includes(String(name)));
    const left = Object.keys(entries).filter(name => known.includes(name) && !only.includes(name));
    return [
      ...unknown.map(([index, name]) =>
        unknownEntry(section, String(name), known, [...path, section, 'only', index]),
      ),
      ...left.map(name => ({
        id: 'idle-merge',
        message: `"only" leaves "${name}" out, and what is said of it does nothing`,
        hint: `Add ${name} to \`only\`, or take it out here.`,
        path: [...path, section, name],
        isAboutName: true,
        related: [{ note: 'what is kept', path: [...path, section, 'only'] }],
      })),
    ];
  });
}

function unknownEntry(section: string, name: string, known: readonly string[], path: Path): Fault {
  const message = `there is no "${name}" among the ${section}`;
  return { id: 'unknown-entry', message, hint: knownNames(section, name, known), path };
}

function extendsFaults(document: SpecObject): Fault[] {
  const names = [undefined, ...Object.keys(document.spec.environments ?? {})];
  const faults = new Map<string, Fault>();
  for (const environment of names) {
    const spec = unfinished(document, environment);
    for (const section of COLLECTIONS)
      for (const fault of extendsIn(section, mapAt(spec, section), at => {
        const layers = layerPaths(document, environment).map(layer => [...layer, ...at]);
        return layers.find(path => valueAt(document, path) !== undefined) ?? ['spec', ...at];
      }))
        if (!faults.has(JSON.stringify(fault.path))) faults.set(JSON.stringify(fault.path), fault);
  }
  return [...faults.values()];
}

function extendsIn(
  section: string,
  entries: JsonObject,
  placeOf: (inSpec: readonly string[]) => Path,
): Fault[] {
  const extendedBy = (name: string): unknown => mapAt(entries, name)['extends'];
  return Object.keys(entries).flatMap((name): Fault | [] => {
    const above = extendedBy(name);
    const path = placeOf([section, name, 'extends']);
    if (typeof above !== 'string') return [];
    const others = Object.keys(entries).filter(one => isMap(entries[one]) && one !== name);
    if (above !== name && !others.includes(above))
      return unknownEntry(section, above, others, path);
    const names = ancestry(section, name, extendedBy);
    const first = Object.keys(entries).find(one => names.includes(one));
    if (extendedBy(names.at(-1) ?? '') !== name || first !== name) return [];
    const message = `${section} extend each other in a circle: ${[...names, name].join(' → ')}`;
    return { id: 'extends-cycle', message, hint: 'Write one of them without `extends`.', path };
  });
}
