import { validate as validateInjection } from '#validators/rem-secrets-injection';
import { type Fault, fieldOf, type Outcome, outcome } from '../ground/finding.ts';
import { isMap } from '../ground/json.ts';
import { plainValueFaults } from '../ground/plain-values.ts';
import { scalarText } from '../ground/scalar-text.ts';
import { schemaFaults } from '../ground/schema/schema-faults.ts';
import { secretValues } from '../make/spec/secret-values.ts';
import { entryFaults } from './entry-faults.ts';
import type { Injection } from './injection.ts';

/** A document as an injection, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkInjection(document: unknown): Outcome<Injection> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  if (!isInjectionConfig(document)) return { faults: [wrongKind(document)] };
  const values = plainValueFaults(document);
  if (isInjection(document)) return outcome(document, [...values, ...entryFaults(document)]);
  const shape = schemaFaults(validateInjection.errors ?? [], document);
  const said = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !said.has(fieldOf(path)))] };
}

/** Whether a functionConfig asks for an injection. */
function isInjectionConfig(document: unknown): boolean {
  return (
    isMap(document) &&
    document['kind'] === 'RemSecretsInjection' &&
    document['apiVersion'] === 'rem-secrets.io/v1alpha1'
  );
}

function isInjection(document: unknown): document is Injection {
  return validateInjection(document);
}

function wrongKind(document: unknown): Fault {
  const { apiVersion, kind } = isMap(document) ? document : {};
  const found = [apiVersion, kind].map(scalarText).filter(text => text !== '');
  return {
    id: 'wrong-kind',
    message: `this is not a RemSecretsInjection (${found.join(', ') || 'it names no kind'})`,
    hint: 'Write apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecretsInjection.',
    path: isMap(document) && kind !== undefined ? ['kind'] : [],
  };
}
