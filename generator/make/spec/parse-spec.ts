import { validate as validateSpec } from '#validators/rem-secrets';
import { type Fault, fieldOf, type Outcome, outcome } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import { plainValueFaults } from '../../ground/plain-values.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import { schemaFaults } from '../../ground/schema/schema-faults.ts';
import { parseDocument } from '../../ground/yaml/yaml-text.ts';
import { nullConfigFaults } from './null-config.ts';
import { secretValues } from './secret-values.ts';
import type { SpecObject } from './spec.ts';

/** The text of a rem-secrets.yaml as a spec whose shape is right; nothing is resolved yet. */
export function parseSpec(text: string): Outcome<SpecObject> {
  const document = parseDocument(text);
  return document.value === undefined ? { faults: document.faults } : checkSpec(document.value);
}

/** The same for a spec that is an object already, such as a functionConfig. */
export function checkSpec(document: unknown): Outcome<SpecObject> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  const kind = kindFaults(document);
  if (kind.length > 0) return { faults: kind };
  const values = plainValueFaults(document);
  if (isSpec(document)) return outcome(document, [...values, ...nullConfigFaults(document)]);
  const shape = schemaFaults(validateSpec.errors ?? [], document);
  const said = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !said.has(fieldOf(path)))] };
}

function isSpec(document: unknown): document is SpecObject {
  return validateSpec(document);
}

function kindFaults(document: unknown): Fault[] {
  if (!isMap(document)) {
    return [
      { id: 'wrong-kind', message: 'the document is not an object', hint: expected, path: [] },
    ];
  }
  const found = `${scalarText(document['apiVersion']) || 'no apiVersion'}, ${scalarText(document['kind']) || 'no kind'}`;
  if (document['kind'] === 'RemSecrets' && document['apiVersion'] === 'rem-secrets.io/v1alpha1') {
    return [];
  }
  const path = document['kind'] === 'RemSecrets' ? ['apiVersion'] : ['kind'];
  return [
    {
      id: 'wrong-kind',
      message: `this is not a RemSecrets object (${found})`,
      hint: expected,
      path,
    },
  ];
}

const expected = 'Write apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.';
