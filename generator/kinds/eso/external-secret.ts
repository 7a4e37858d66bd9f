import { goRegexp } from '#go-regexp';
import { isMap, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import type { Kind } from '../kind.ts';
import { ESO, nameOfKey, served } from './group.ts';

/** The graph finds what it makes and reads, as that depends on its store (`external-secret-spec.ts`). */
export const externalSecret: Kind = {
  group: ESO,
  kind: 'ExternalSecret',
  isUnmistakable: true,
  served,
  secrets: {
    remain: 'unless owned',
    /** docs/facts/eso.md#labels-of-the-secret. */
    annotationsAt: object =>
      isMap(mapAt(object.json, 'spec', 'target')['template'])
        ? ['spec', 'target', 'template', 'metadata', 'annotations']
        : ['metadata', 'annotations'],
    isValueSource: ([first, field]) =>
      first === 'spec' && ['data', 'dataFrom', 'secretStoreRef', 'target'].includes(String(field)),
  },
  /** docs/facts/eso.md#versions, #defaults and #refused-externalsecrets. */
  news: [
    { version: '2.x', text: 'since 2.3: nullBytePolicy; since 2.8: CreateOrMerge' },
    { version: '2.x', text: 'since 2.9 a remoteRef and find have no defaults any more' },
    { version: '2.x', text: 'after 2.4.0 templates for logins to the cluster are refused' },
  ],
  fields: { contentAt: nameOfKey, durations: [['spec', 'refreshInterval']] },
  changes: {
    normalForm: object => ({
      ...object,
      spec: secretSpecForm(mapAt(object, 'spec'), textAt(object, 'metadata', 'name') ?? ''),
    }),
  },
};

/** An ExternalSecret names its Secret after itself and its store is a SecretStore (its CRD, and docs). */
export function secretSpecForm(spec: JsonObject, name: string): JsonObject {
  const ref = spec['secretStoreRef'];
  return {
    refreshInterval: '1h0m0s',
    ...spec,
    ...(isMap(ref) && { secretStoreRef: { kind: 'SecretStore', ...ref } }),
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', ...mapAt(spec, 'target') },
  };
}

/** Whether ESO's webhook refuses two policies together (docs/facts/eso.md#refused-externalsecrets). */
export function isRefusedPair(creationPolicy: string, deletionPolicy: string): boolean {
  const isOwned = creationPolicy === 'Owner' || creationPolicy === 'Orphan';
  return deletionPolicy === 'Delete'
    ? !isOwned
    : deletionPolicy === 'Merge' && creationPolicy === 'None';
}

/** An entry of `rewrite` that can match no key, because of the entry `by` before it. */
interface DeadRewrite {
  readonly index: number;
  readonly by: number;
}

interface Step {
  readonly source: string;
  readonly target: string;
}

/** The entries of a `rewrite` that match no key that the entries before can give (docs/facts/eso.md#rewritten-keys). */
export function deadRewrites(rewrite: readonly unknown[]): DeadRewrite[] {
  const steps = rewrite.slice(0, MOST).map(stepOf);
  return steps.flatMap((step, index): DeadRewrite[] => {
    const before = steps[index - 1];
    return step !== undefined &&
      before !== undefined &&
      (isBeside(step, before) || isWithoutCharacter(step, before) || isRenamed(step, before))
      ? [{ index, by: index - 1 }]
      : [];
  });
}

/** How many entries are looked at. */
const MOST = 100;

/** An entry that replaces; undefined for a merge or transform, whose keys are not known. */
function stepOf(entry: unknown): Step | undefined {
  const [source, target] = ['source', 'target'].map(field => textAt(entry, 'regexp', field));
  return source === undefined || target === undefined ? undefined : { source, target };
}

/** An expression whose group is the whole key. */
const WHOLE = /^\^?\(\.[*+]\)\$?$/;

/** Every key begins with one text, and the entry expects another. */
function isBeside({ source }: Step, before: Step): boolean {
  const [, start] = /^([^$]{1,253})\$(?:1|\{1\})(?!\w)/.exec(before.target) ?? [];
  const first = startOf(source);
  if (start === undefined || first === undefined || !WHOLE.test(before.source)) return false;
  return !start.startsWith(first) && !first.startsWith(start);
}

/** The plain text that a key has to begin with: `^db_` of `^db_(.*)$`. */
function startOf(source: string): string | undefined {
  const text = /^\^((?:[\w/ -]|\\[./-])+)(?![?*{])/.exec(source)?.[1];
  return text === undefined || source.includes('|') ? undefined : text.replaceAll('\\', '');
}

/** An expression of one character or class, which is replaced everywhere. */
const CHARACTER = /^(?:\[[^\]]{1,99}\]|\\[./-]|[\w/-])\+?$/;

/** The entry needs a character that the one before it removed from all keys. */
function isWithoutCharacter({ source }: Step, before: Step): boolean {
  if (!CHARACTER.test(before.source) || before.target.includes('$')) return false;
  const matches = goRegexp(before.source);
  return requiredCharacters(source).some(
    character => !before.target.includes(character) && matches?.(character).length === 1,
  );
}

/** Characters without which a key cannot match: plain ones, outside of groups and classes. */
function requiredCharacters(source: string): string[] {
  if (/[|]|\(\?|\\[^./-]/.test(source)) return [];
  const plain = source
    .replaceAll(/\[[^\]]{0,99}\]/g, '.')
    .replaceAll(/\([^()]{0,200}\)/g, '.')
    .replaceAll(/\\?[\w/.-](?=[?*{])/g, '');
  if (/[()[\]{]/.test(plain)) return [];
  return [...plain.replaceAll(/\\\.|[.^$+?*]/g, '')].filter(character => character !== '\\');
}

/** The entry before it renamed the same whole key. */
function isRenamed({ source }: Step, before: Step): boolean {
  const isWhole = /^\^[\w./-]+\$$/.test(source);
  if (!isWhole || source !== before.source || before.target.includes('$')) return false;
  return goRegexp(source)?.(before.target).length === 0;
}
