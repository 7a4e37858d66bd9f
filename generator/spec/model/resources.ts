import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../core/json.ts';
import { groupOf, type KubeObject, listItems, refOf } from '../../core/kube-object.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { withKeys, writtenSecret } from '../../kinds/eso/external-secret-spec.ts';
import type { Find, Made, PlacedObject } from '../../kinds/kind.ts';
import { kindOf, placedObject } from '../../kinds/kinds.ts';
import type { ResourceSpec, Spec } from '../spec.ts';
import { checkSources, entriesOf, type MadeSecret, type ResourceModel } from './model.ts';

/** The objects under `resources`, as written; `validate` and `lint` check their schemas in what is applied. */
export function resolveResources(
  { resources }: Spec,
  namespace: string,
  report: Report,
): ResourceModel[] {
  return entriesOf('resources', resources).map(entry => {
    const { path, spec } = entry;
    const { file, object, scope, omit = [] } = spec;
    checkSources({ file, object }, path, report);
    const written = writtenObjects(spec, path, report);
    return { ...entry, objects: written.map(manifest => placed(manifest, namespace, scope)), omit };
  });
}

function writtenObjects({ file, object, objects }: ResourceSpec, path: Path, report: Report) {
  const place = [...path, file === undefined ? 'object' : 'file'];
  const written = file === undefined ? [object].filter(isMap) : objects;
  if (written === undefined) {
    const message = `${file} is not read: the spec comes without its folder`;
    report({ id: 'resource-file', message, hint: 'Write the manifest under object.', path: place });
  }
  const items = (written ?? []).flatMap(json => (listItems(json) ?? [json]).filter(isMap));
  return items.filter(item => isWhole(item, place, report));
}

function isWhole(object: JsonObject, at: Path, report: Report): object is JsonObject & KubeObject {
  const lacking = Object.entries(EXAMPLES).filter(
    ([field]) => !textAt(object, ...field.split('.')),
  );
  for (const [field, example] of lacking) report(missing(field, at, example));
  const values = { ...mapAt(object, 'data'), ...mapAt(object, 'stringData') };
  const hasValues = object['kind'] === coreSecret.kind && Object.keys(values).length > 0;
  if (hasValues) {
    const name = textAt(object, 'metadata', 'name') ?? '';
    const message = `the Secret "${name}" has values, which a spec never holds (they are not shown)`;
    const hint = `Declare its keys: secrets: { ${name}: { manual: […] } }, and put the values into the cluster or a store.`;
    report({ id: 'secret-value', message, hint, path: at });
  }
  return lacking.length === 0 && !hasValues;
}

const EXAMPLES: Readonly<Record<string, string>> = {
  apiVersion: 'apiVersion: v1',
  kind: 'kind: ConfigMap',
  'metadata.name': 'metadata: { name: settings }',
};

/** The object in its namespace. An unknown kind counts as namespaced, as it does for kustomize. */
function placed(object: KubeObject, home: string, scope: ResourceSpec['scope']): KubeObject {
  const { name, namespace = home, ...rest } = object.metadata;
  const isOfCluster = kindOf(groupOf(object), object.kind)?.isOfCluster ?? scope === 'Cluster';
  const metadata = isOfCluster ? { name, ...rest } : { name, namespace, ...rest };
  return { ...object, metadata };
}

/** The Secrets that operators, ESO included, make for the objects under `resources`. */
export function resourceSecrets(
  resources: readonly ResourceModel[],
  namespace: string,
): MadeSecret[] {
  const all = resources.flatMap(({ path, objects }) =>
    objects.map(object => ({ path, object: placedObject(object, 0, [], namespace) })),
  );
  const find: Find = (kind, inNamespace, name) =>
    all.find(
      ({ object }) =>
        object.knownKind === kind && object.namespace === inNamespace && object.name === name,
    )?.object;
  return all.flatMap(({ path, object }) => {
    const made = madeBy(object, find).filter(
      secret => (secret.namespace ?? object.namespace) === namespace,
    );
    const maker = refOf(object.json);
    return made.map(({ secret: name, keys, isOpen }) => ({ name, keys, isOpen, path, maker }));
  });
}

/** The Secrets of one object. The keys that an ExternalSecret copies from another Secret as a whole are not known. */
function madeBy(object: PlacedObject, find: Find): readonly Omit<Made, 'path'>[] {
  if (object.knownKind !== externalSecret) return object.knownKind?.makes?.(object, find) ?? [];
  const written = writtenSecret(object, object.namespace);
  if (written.creationPolicy === 'None') return [];
  const { keys, target } = withKeys(written, () => undefined);
  return [{ secret: target, ...keys }];
}
