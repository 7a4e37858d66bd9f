import { listAt, textAt } from '../../core/json.ts';
import { pushSpecs, type SecretGraph } from '../../graph/secret-graph.ts';
import type { ObjectField } from '../../kinds/kind.ts';
import { error, type FaultText, type Rule } from '../rule.ts';

export const remoteKey: Rule = error('remote-key', remoteKeys, ({ object, path, key }, graph) => {
  const blank = blankIn(key);
  if (blank !== undefined) return { path, ...blank };
  const open = placeholderIn(key);
  // A base that nothing applies may wait for the overlay of another repository.
  const isApplied = graph.standingOf?.get(object.file) === 'applied';
  return open && { path, ...(!isApplied && { severity: 'warning' }), ...open };
});

function remoteKeys(graph: SecretGraph) {
  const keyAt = ({ object, path }: ObjectField) => {
    const key = textAt(object.json, ...path);
    return key === undefined ? [] : [{ object, path, key }];
  };
  const read = graph.specs.flatMap(({ object, data, dataFrom }) =>
    [...data, ...dataFrom].flatMap(({ ref }) =>
      ref === undefined ? [] : keyAt({ object, path: [...ref.path, 'key'] }),
    ),
  );
  const pushed = pushSpecs(graph).flatMap(({ object, path, spec }) =>
    listAt(spec, 'data').flatMap((_, index) =>
      keyAt({ object, path: [...path, 'data', index, 'match', 'remoteRef', 'remoteKey'] }),
    ),
  );
  return [...read, ...pushed];
}

function blankIn(key: string): FaultText | undefined {
  if (key.trim() === key) return undefined;
  const what = key.endsWith('\n') ? 'a line break' : 'white space';
  const where = key.trimStart() === key ? 'end' : 'beginning';
  return {
    message: `the key "${key.trim()}" has ${what} at its ${where}, and the entry of the store has not`,
    hint: 'Write it on one line, without > or |; >- is for one that is too long.',
  };
}

/** The fault of a key that is empty, or has a placeholder in it. */
export function placeholderIn(key: string): FaultText | undefined {
  const hint = 'Patch it in each overlay, or write the name of the entry.';
  if (key === '') return { message: 'the key is empty: no entry of the store has this name', hint };
  const step = key.split('/').find(part => VARIABLE.test(part) || PLACEHOLDER.test(part));
  if (step === undefined) return undefined;
  if (PLACEHOLDER.test(step)) return { message: `the key "${key}" is still a placeholder`, hint };
  return {
    message: `the key "${key}" is still a placeholder: nothing replaces "${step}"`,
    hint: `${hint} Flux fills in \${NAME}, with braces.`,
  };
}

/** A variable of a shell, as a part of a path. */
const VARIABLE = /^\$(?:[A-Z][A-Z0-9_]*|\([A-Za-z]\w*\))$/;

const PLACEHOLDER =
  /^(?:REPLACE(?:_?ME)?(?:[_-].*)?|CHANGE[_-]?ME(?:[_-].*)?|PLACEHOLDER|TODO|FIXME|TBD|to-be-(?:replaced|patched|overwritten|overridden))$/i;
