import { validate as validateInjection } from '#validators/rem-secrets-injection';
import { type Fault, fieldOf, type Outcome, outcome } from '../ground/finding.ts';
import { isMap } from '../ground/json.ts';
import { plainValueFaults } from '../ground/plain-values.ts';
import { scalarText } from '../ground/scalar-text.ts';
import { schemaFaults } from '../ground/schema/schema-faults.ts';
import { missing } from '../make/model/missing-field.ts';
import { checkSources } from '../make/model/workload-env.ts';
import { secretValues } from '../make/spec/secret-values.ts';
import type { Entry, Injection } from './injection.ts';

/** A document as an injection, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkInjection(document: unknown): Outcome<Injection> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  if (!isInjectionConfig(document)) return { faults: [wrongKind(document)] };
  const values = plainValueFaults(document);
  if (isInjection(document)) return outcome(document, [...values, ...sourceFaults(document)]);
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

/** What has no source, or several; and an entry that asks for nothing. */
function sourceFaults({ spec: { workloads = {} } }: Injection): Fault[] {
  return Object.entries(workloads).flatMap(([name, entry]) => entryFaults(name, entry));
}

function entryFaults(
  name: string,
  { target, env = {}, envFrom = [], mounts = {} }: Entry,
): Fault[] {
  const faults: Fault[] = [];
  const report = (fault: Fault): void => {
    faults.push(fault);
  };
  const path = ['spec', 'workloads', name];
  const count = Object.keys(env).length + envFrom.length + Object.keys(mounts).length;
  if (count === 0) report(emptyEntry(name));
  const { containers: _, ...meant } = target;
  if (Object.keys(meant).length === 0) report(emptyTarget(name));
  for (const [variable, value] of Object.entries(env)) {
    if (typeof value === 'string') continue;
    const { secret, configMap, valueFrom, key } = value;
    const at = [...path, 'env', variable];
    checkSources({ secret, configMap, valueFrom }, at, report);
    if (valueFrom === undefined && key === undefined) report(missing('key', at, 'key: password'));
  }
  for (const [index, source] of envFrom.entries()) {
    if (typeof source === 'string') continue;
    const { secret, configMap } = source;
    checkSources({ secret, configMap }, [...path, 'envFrom', index], report);
  }
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
  return faults;
}

function emptyTarget(name: string): Fault {
  return {
    id: 'empty-target',
    message: `the target of "${name}" says nothing, so that every workload would be meant`,
    hint: 'Give it kind, name, namespace or labels; name: "*" means every workload.',
    path: ['spec', 'workloads', name, 'target'],
    isAboutName: true,
  };
}

function emptyEntry(name: string): Fault {
  return {
    id: 'empty-injection',
    message: `"${name}" injects nothing`,
    hint: 'Give it env, envFrom or mounts, or remove the entry.',
    path: ['spec', 'workloads', name],
    isAboutName: true,
  };
}
