import type { Path, Report } from '../../ground/finding.ts';
import { isMap, type JsonObject, textAt } from '../../ground/json.ts';
import { groupOf, type KubeObject } from '../../ground/kube-object.ts';
import { listItems } from '../../ground/manifests.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import { kindOf } from '../../kinds/kinds.ts';
import type { ResourceSpec, Spec } from '../spec/spec.ts';
import { missing } from './missing-field.ts';
import type { ResourceModel } from './model.ts';
import { checkSources } from './workload-env.ts';

/**
 * The objects of one's own, as they are written: those that name no namespace are in that of the
 * environment. They are held against no schema here: what is checked of manifests is for `validate`
 * and `lint`, which look at what is applied.
 */
export function resolveResources(
  { resources = {} }: Spec,
  namespace: string,
  report: Report,
): ResourceModel[] {
  return Object.entries(resources).map(([name, resource]) => {
    const path = ['resources', name];
    const { file, object, scope, omit = [], patch = {} } = resource;
    checkSources({ file, object }, path, report);
    const objects = writtenObjects(resource, path, report).map(written =>
      placed(written, namespace, scope),
    );
    return { name, path, patch, objects, omit };
  });
}

/** What stands in the file, or under `object`; a List's items one by one. */
function writtenObjects(
  { file, object, objects }: ResourceSpec,
  path: Path,
  report: Report,
): KubeObject[] {
  const place = [...path, file === undefined ? 'object' : 'file'];
  const written = file === undefined ? [object].filter(isMap) : objects;
  if (written === undefined) report(unreadFile(file ?? '', place));
  const items = (written ?? []).flatMap(one => (listItems(one) ?? [one]).filter(isMap));
  return items.filter(item => isWhole(item, place, report));
}

/** Whether it is an object, and may be in a spec; reports what it lacks, and values of Secrets. */
function isWhole(object: JsonObject, path: Path, report: Report): object is KubeJson {
  const lacking = [['apiVersion'], ['kind'], ['metadata', 'name']].filter(
    field => !textAt(object, ...field),
  );
  for (const field of lacking) {
    const name = field.join('.');
    report(missing(name, path, EXAMPLES[name] ?? ''));
  }
  const [key] = [object['data'], object['stringData']].flatMap(data =>
    isMap(data) ? Object.keys(data) : [],
  );
  const isSecret = object['kind'] === coreSecret.kind && key !== undefined;
  if (isSecret) report(secretValues(textAt(object, 'metadata', 'name') ?? '', path));
  return lacking.length === 0 && !isSecret;
}

type KubeJson = JsonObject & KubeObject;

const EXAMPLES: Readonly<Record<string, string>> = {
  apiVersion: 'apiVersion: v1',
  kind: 'kind: ConfigMap',
  'metadata.name': 'metadata: { name: settings }',
};

/** The object in its namespace. A kind that nobody knows is taken to have one, as kustomize has it. */
function placed(object: KubeObject, home: string, scope: ResourceSpec['scope']): KubeObject {
  const { name, namespace = home, ...rest } = object.metadata;
  const isOfCluster = kindOf(groupOf(object), object.kind)?.isOfCluster ?? scope === 'Cluster';
  const metadata = isOfCluster ? { name, ...rest } : { name, namespace, ...rest };
  return { ...object, metadata };
}

function unreadFile(file: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'resource-file',
    message: `${file} is not read: the spec comes without its folder`,
    hint: 'Write the manifest under object.',
    path,
  };
}

function secretValues(name: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'secret-value',
    message: `the Secret "${name}" has values, which a spec never holds (they are not shown)`,
    hint: `Declare its keys: secrets: { ${name}: { manual: […] } }, and put the values into the cluster or a store.`,
    path,
  };
}
