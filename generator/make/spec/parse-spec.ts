import { validate as validateSpec } from '#validators/rem-secrets';
import { type Fault, fieldOf, type Outcome, outcome } from '../../ground/finding.ts';
import { isMap, type JsonObject } from '../../ground/json.ts';
import { plainValueFaults } from '../../ground/plain-values.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import { schemaFaults } from '../../ground/schema/schema-faults.ts';
import { parseDocument } from '../../ground/yaml/yaml-text.ts';
import { nullConfigFaults } from './null-config.ts';
import { nullEntryFaults } from './null-entries.ts';
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
  if (isSpec(document)) {
    const nulls = [...nullConfigFaults(document), ...nullEntryFaults(document)];
    return outcome(document, [...values, ...nulls]);
  }
  const shape = schemaFaults(validateSpec.errors ?? [], document);
  const said = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !said.has(fieldOf(path)))] };
}

function isSpec(document: unknown): document is SpecObject {
  return validateSpec(document);
}

function kindFaults(document: unknown): Fault[] {
  if (!isMap(document)) {
    const what = Array.isArray(document) ? 'a list, not an object' : 'not an object';
    return [{ id: 'wrong-kind', message: `the document is ${what}`, hint: expected, path: [] }];
  }
  if (isNamelessKustomization(document)) return [kustomizationFault(document)];
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

/** kustomize takes a kustomization.yaml without kind and apiVersion for one: by its fields. */
function isNamelessKustomization(document: JsonObject): boolean {
  const isNameless = document['kind'] === undefined && document['apiVersion'] === undefined;
  return isNameless && fieldOfKustomization(document) !== undefined;
}

function fieldOfKustomization(document: JsonObject): string | undefined {
  return ['resources', 'bases', 'components', 'generators', 'transformers', 'patches'].find(field =>
    Array.isArray(document[field]),
  );
}

function kustomizationFault(document: JsonObject): Fault {
  return {
    id: 'wrong-kind',
    message: 'this is a kustomization, and no RemSecrets object',
    hint: 'Name the spec with --file. `rem-secrets import` makes one of the folder, and `rem-secrets lint` checks it.',
    path: [fieldOfKustomization(document) ?? ''],
    isAboutName: true,
  };
}

const expected = 'Write apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets.';
