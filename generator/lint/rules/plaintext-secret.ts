import { isMap, type JsonObject } from '../../core/json.ts';
import { LAST_APPLIED } from '../../core/kube-object.ts';
import { oncePerText } from '../../core/once.ts';
import { isReferenceName, mayNameSecret, optionBefore } from '../../core/secret-text.ts';
import { secretLook } from '../../graph/plain-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { localError, type Rule, type RuleFault } from '../rule.ts';

/** Fields outside of Secrets that look like secrets. Objects that others bring are written there. */
export const plaintextSecret: Rule = localError('plaintext-secret', ({ objects }) => {
  // Most texts stand in many places.
  const lookOnce = oncePerText(text => secretLook(text, ''));
  return objects
    .filter(object => object.written === undefined)
    .filter(object => object.knownKind?.fields?.isPlainTextAllowed !== true)
    .flatMap(object => faultsOf(object, lookOnce));
});

type Look = (text: string) => string | undefined;

function faultsOf(object: PlacedObject, lookOnce: Look): RuleFault[] {
  const found: RuleFault[] = [];
  const path: (string | number)[] = [];
  const step = (field: string | number, child: unknown, name: string): void => {
    path.push(field);
    visit(child, name);
    path.pop();
  };
  const look = (text: string, name: string): void => {
    const what = mayNameSecret(name) ? secretLook(text, name) : lookOnce(text);
    if (what === undefined) return;
    found.push({
      object,
      path: [...path],
      message: `${object.kind} "${object.name}" holds what looks like ${what} (the value is not shown)`,
      hint: 'Keep it in the store, fetch it with an ExternalSecret and refer to that Secret here; replace the value if it was ever committed.',
    });
  };
  const visitField = (map: JsonObject, key: string, name: string): void => {
    if (!isPassedOver(key, map[key])) step(key, map[key], nameOf(map, key, name));
  };
  const visit = (value: unknown, name: string): void => {
    if (typeof value === 'string') look(value, name);
    else if (Array.isArray(value))
      value.forEach((child, index) => {
        step(index, child, optionBefore(value, index) ?? name);
      });
    else if (isMap(value)) for (const key in value) visitField(value, key, name);
  };
  visit(object.json, '');
  return found;
}

function isPassedOver(key: string, value: unknown): boolean {
  if (typeof value === 'string') return isReferenceName(key) || key === LAST_APPLIED;
  return key === 'status' || key === 'managedFields' || key === 'encryptedData';
}

function nameOf(map: Readonly<Record<string, unknown>>, key: string, name: string): string {
  if (key !== 'value') return key;
  const sibling = map['name'] ?? map['key'];
  return typeof sibling === 'string' ? sibling : name;
}
