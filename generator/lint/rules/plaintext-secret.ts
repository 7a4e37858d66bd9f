import { isMap, type JsonObject } from '../../core/json.ts';
import { asJson, LAST_APPLIED } from '../../core/kube-object.ts';
import { oncePerText } from '../../core/once.ts';
import { isReferenceName, mayNameSecret, optionBefore } from '../../core/secret-text.ts';
import { secretLook } from '../../graph/plain-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { localError, type Rule, type RuleFault } from '../rule.ts';

/** Fields outside of Secrets that look like secrets. Objects that others bring are written there. */
export const plaintextSecret: Rule = localError('plaintext-secret', ({ objects }) => {
  // Most texts and names stand in many places.
  const lookOnce = oncePerText(text => secretLook(text, ''));
  const mayBeSecret = oncePerText(mayNameSecret);
  const look: typeof secretLook = (text, name) =>
    mayBeSecret(name) ? secretLook(text, name) : lookOnce(text);
  const isReference = oncePerText(name => isReferenceName(name) || name === LAST_APPLIED);
  const isPassed = (name: string, value: unknown): boolean =>
    typeof value === 'string' ? isReference(name) : PASSED_OVER.has(name);
  return objects
    .filter(object => object.written === undefined)
    .filter(object => object.knownKind?.fields?.isPlainTextAllowed !== true)
    .flatMap(object => faultsOf(object, look, isPassed));
});

function faultsOf(
  object: PlacedObject,
  look: typeof secretLook,
  isPassed: (name: string, value: unknown) => boolean,
): RuleFault[] {
  const found: RuleFault[] = [];
  const path: (string | number)[] = [];
  const visit = (step: string | number, value: unknown, name: string): void => {
    path.push(step);
    if (typeof value === 'string') report(look(value, name));
    else if (Array.isArray(value))
      for (let at = 0; at < value.length; at += 1)
        visit(at, value[at], optionBefore(value, at) ?? name);
    else if (isMap(value)) fieldsOf(value, name);
    path.pop();
  };
  const report = (what: string | undefined): void => {
    if (what === undefined) return;
    found.push({
      object,
      path: [...path],
      message: `${object.kind} "${object.name}" holds what looks like ${what} (the value is not shown)`,
      hint: 'Keep it in the store, fetch it with an ExternalSecret and refer to that Secret here; replace the value if it was ever committed.',
    });
  };
  const fieldsOf = (map: JsonObject, name: string): void => {
    for (const key in map) {
      if (isPassed(key, map[key])) continue;
      const named = key === 'value' ? (map['name'] ?? map['key']) : key;
      visit(key, map[key], typeof named === 'string' ? named : name);
    }
  };
  fieldsOf(asJson(object.json), '');
  return found;
}

const PASSED_OVER = new Set(['status', 'managedFields', 'encryptedData']);
