import type { Host } from '../ground/host.ts';
import { HostError } from '../ground/host-error.ts';
import { isMap } from '../ground/json.ts';
import { type KubeObject, nameOf } from '../ground/kube-object.ts';
import type { Versions } from '../kinds/products.ts';
import { schemasIn } from './schemas-in.ts';
import { toolPath } from './tools.ts';

/** An object that kubeconform refuses, with its words for why. */
interface Refusal {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
}

/** Whether kubeconform is there to be asked. */
export function hasKubeconform(host: Host): boolean {
  return toolPath('kubeconform', host) !== undefined;
}

/** What kubeconform refuses of a stream of manifests, in some versions; undefined: it is not there. */
export function refusedByKubeconform(
  manifests: string,
  versions: Versions,
  host: Host,
): Refusal[] | undefined {
  const program = toolPath('kubeconform', host);
  if (program === undefined) return undefined;
  if (Object.keys(versions).length === 0)
    return refusedBy(program, host.packageFile('schemas'), manifests, host);
  const schemas = schemasIn(versions, host);
  return host.withScratch(scratch => {
    for (const [path, schema] of schemas) scratch.writeFile(path, JSON.stringify(schema));
    return refusedBy(program, scratch.cwd, manifests, host);
  });
}

function refusedBy(program: string, schemas: string, manifests: string, host: Host): Refusal[] {
  const { stdout } = host.run(program, kubeconformArguments(schemas), { input: manifests });
  if (stdout.trim().startsWith('{')) return refusals(stdout);
  // One that knows not all of the flags prints how it is used.
  const version = host.run(program, ['-v']).stdout.trim() || 'of an unknown version';
  throw new HostError(
    `kubeconform ${version} prints no JSON of what it is given: 0.6 or a newer one is needed`,
  );
}

/** How kubeconform is asked: strictly, and without the network. Manifests go to its stdin. */
export function kubeconformArguments(schemas: string): string[] {
  const location = `${schemas}/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json`;
  return [
    '-strict',
    '-ignore-missing-schemas',
    '-output',
    'json',
    '-schema-location',
    location,
    '-',
  ];
}

/** How kubeconform names an object in its report (0.8.0, pkg/resource/resource.go). */
export function reportedName(object: KubeObject): string {
  const metadata: unknown = object.metadata;
  const prefix = isMap(metadata) ? metadata['generateName'] : undefined;
  const isGenerated = typeof prefix === 'string' && prefix !== '';
  return `${object.kind} ${isGenerated ? `${prefix}{{ generateName }}` : nameOf(object)}`;
}

/** What kubeconform's JSON says is wrong, sorted: its own order changes from run to run. */
function refusals(json: string): Refusal[] {
  const report: unknown = JSON.parse(json);
  const resources = isMap(report) && Array.isArray(report['resources']) ? report['resources'] : [];
  return resources
    .filter(isMap)
    .filter(({ status }) => status === 'statusInvalid' || status === 'statusError')
    .map(({ kind, name, msg }) => ({
      kind: String(kind),
      name: String(name),
      message: String(msg),
    }))
    .sort((a, b) => (`${a.kind}/${a.name}` < `${b.kind}/${b.name}` ? -1 : 1));
}
