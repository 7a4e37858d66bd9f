import { LAST_APPLIED } from '../../ground/annotations.ts';
import { withFields, withItems } from '../../ground/changed-value.ts';
import { isMap, type Json, type JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { storedForm } from '../../make/objects/stored-form.ts';
import { builtIn } from './built-in-defaults.ts';
import { filledAffinity, filledBootstrap } from './cnpg-bootstrap.ts';
import { without } from './pod-defaults.ts';
import { quantityForm } from './quantity-form.ts';

/** What the API server or kubectl writes: nobody wants it, and a rendered set seldom has it. */
const NOT_WANTED = new Set(['creationTimestamp', 'generation', 'managedFields', 'resourceVersion']);

/**
 * An object as it takes effect: two manifests that ask for the same have the same form. Defaults
 * are written out, units have one spelling, and what a controller writes is left out.
 */
export function effectiveForm(object: KubeObject): KubeObject {
  const { status: _, metadata, ...rest } = storedForm(object);
  const filled = { ...rest, metadata: wantedMetadata(metadata as unknown as JsonObject) };
  const own = Object.hasOwn(OWN_DEFAULTS, object.kind)
    ? OWN_DEFAULTS[object.kind]
    : builtIn(object);
  const shaped = own === undefined ? filled : own(filled as unknown as JsonObject);
  return canonical(shaped as JsonObject) as unknown as KubeObject;
}

function wantedMetadata(metadata: unknown): JsonObject {
  if (!isMap(metadata)) return {};
  const { annotations, ...rest } = metadata;
  const wanted = Object.entries(rest).filter(([name]) => !NOT_WANTED.has(name));
  const kept = isMap(annotations)
    ? Object.entries(annotations).filter(([name]) => name !== LAST_APPLIED)
    : [];
  const own = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...Object.fromEntries(wanted), ...own };
}

/** Defaults that no schema states: controllers or the API server's code have them. */
const OWN_DEFAULTS: Readonly<Record<string, (object: JsonObject) => JsonObject>> = {
  ExternalSecret: object => withSpec(object, spec => externalSecretSpec(spec, nameOf(object))),
  ClusterExternalSecret: object =>
    withSpec(object, spec => ({
      ...spec,
      externalSecretSpec: externalSecretSpec(
        mapOf(spec['externalSecretSpec']),
        typeof spec['externalSecretName'] === 'string'
          ? spec['externalSecretName']
          : nameOf(object),
      ),
    })),
  Cluster: cnpgCluster,
  Secret: object => without({ type: 'Opaque' }, withEncodedData(object)),
};

function withSpec(object: JsonObject, change: (spec: JsonObject) => JsonObject): JsonObject {
  return { ...object, spec: change(mapOf(object['spec'])) };
}

/** An ExternalSecret names its Secret after itself and its store is a SecretStore (section 2). */
function externalSecretSpec(spec: JsonObject, name: string): JsonObject {
  const ref = spec['secretStoreRef'];
  return {
    refreshInterval: '1h0m0s',
    ...spec,
    ...(isMap(ref) && { secretStoreRef: { kind: 'SecretStore', ...ref } }),
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', ...mapOf(spec['target']) },
  };
}

/** What the operator's webhook fills in. Other projects have Clusters too. */
function cnpgCluster(object: JsonObject): JsonObject {
  if (!String(object['apiVersion']).startsWith('postgresql.cnpg.io/')) return object;
  return withSpec(object, spec => ({
    ...spec,
    bootstrap: filledBootstrap(mapOf(spec['bootstrap'])),
    affinity: filledAffinity(mapOf(spec['affinity'])),
  }));
}

/** `stringData` is written over `data` when the Secret is applied. */
function withEncodedData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isMap(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...mapOf(rest['data']), ...Object.fromEntries(encoded) } };
}

function nameOf({ metadata }: JsonObject): string {
  return String(mapOf(metadata)['name'] ?? '');
}

function mapOf(value: Json | undefined): JsonObject {
  return isMap(value) ? value : {};
}

/** Sizes in one spelling; `optional: false`, `protocol: TCP` and an empty value are defaults. */
function canonical(value: JsonObject): JsonObject {
  return withFields(value, Object.keys(value), canonicalField);
}

function canonicalField(name: string, value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return withItems(value, item => (isMap(item) ? canonical(item) : item));
  if (isMap(value)) return AMOUNTS.has(name) ? withQuantities(value) : canonical(value);
  return value === undefined || isDefault(name, value) ? undefined : sizeForm(name, value);
}

function isDefault(name: string, value: Json): boolean {
  const isPlain = name === 'optional' && value === false;
  return value === null || isPlain || (name === 'protocol' && value === 'TCP');
}

function sizeForm(name: string, value: Json): Json {
  return SIZES.has(name) && typeof value === 'string' ? quantityForm(value) : value;
}

/** Fields that are a quantity, and those that hold quantities by name. */
const SIZES = new Set(['size', 'sizeLimit']);
const AMOUNTS = new Set(['requests', 'limits']);

function withQuantities(amounts: JsonObject): JsonObject {
  const forms = Object.entries(amounts).map(([name, amount]) => [
    name,
    typeof amount === 'string' ? quantityForm(amount) : amount,
  ]);
  return Object.fromEntries(forms);
}
