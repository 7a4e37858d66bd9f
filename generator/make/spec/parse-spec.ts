import { validate } from '#validators/rem-secrets';
import type { Fault, Outcome } from '../../ground/finding.ts';
import { isMap, type JsonObject } from '../../ground/json.ts';
import { parseDocument } from '../../ground/yaml/yaml-text.ts';
import { checkDocument } from './check-document.ts';
import { nullConfigFaults, nullEntryFaults } from './null-entries.ts';
import type { SpecObject } from './spec.ts';

/** The text of a rem-secrets.yaml as a spec whose shape is right; nothing is resolved yet. */
export function parseSpec(text: string): Outcome<SpecObject> {
  const document = parseDocument(text);
  return document.value === undefined ? { faults: document.faults } : checkSpec(document.value);
}

/** The same for a spec that is an object already, such as a functionConfig. */
export function checkSpec(document: unknown): Outcome<SpecObject> {
  if (isNamelessKustomization(document)) return { faults: [kustomizationFault(document)] };
  return checkDocument<SpecObject>(document, {
    kind: 'RemSecrets',
    validate,
    faultsIn: spec => [...nullConfigFaults(spec), ...nullEntryFaults(spec)],
  });
}

/** kustomize takes a kustomization.yaml without kind and apiVersion for one: by its fields. */
function isNamelessKustomization(document: unknown): document is JsonObject {
  if (!isMap(document)) return false;
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
