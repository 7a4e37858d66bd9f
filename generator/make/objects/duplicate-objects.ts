import type { Fault, Path } from '../../ground/finding.ts';
import { type BuiltObject, identityOf, type KubeObject } from '../../ground/kube-object.ts';
import type { DatabaseModel } from '../model/model.ts';

/** An object that is there, and the entry it comes from. */
interface Taken {
  readonly path: Path;
  readonly maker: string;
}

type Made = Pick<BuiltObject, 'object' | 'path'>;

/** Objects that two entries of the spec make, or that one makes beside CNPG. */
export function duplicateObjects(
  built: readonly BuiltObject[],
  databases: readonly DatabaseModel[],
  namespace: string,
): Fault[] {
  const taken = new Map<string, Taken>();
  for (const { name, path } of databases) {
    for (const object of cnpgObjects(name, namespace)) {
      taken.set(identityOf(object), { path, maker: `CNPG, for the database "${name}"` });
    }
  }
  const poolers = poolerObjects(databases, namespace);
  return [...poolers, ...built].flatMap(({ object, path }) => {
    const identity = identityOf(object);
    const other = taken.get(identity);
    taken.set(identity, { path, maker: `the entry "${path.join('.')}"` });
    return other === undefined ? [] : [duplicateObject(object, path, other)];
  });
}

/** What CNPG makes of a Cluster besides Secrets (docs/facts/cnpg.md#other-objects-of-a-cluster). */
function cnpgObjects(name: string, namespace: string): KubeObject[] {
  const object = (apiVersion: string, kind: string, suffix = ''): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: name + suffix, namespace },
  });
  return [
    object('v1', 'ServiceAccount'),
    object('rbac.authorization.k8s.io/v1', 'Role'),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding'),
    ...['-rw', '-ro', '-r'].map(suffix => object('v1', 'Service', suffix)),
  ];
}

/** What CNPG makes of a Pooler: its Service and its ServiceAccount have its name. */
function poolerObjects(databases: readonly DatabaseModel[], namespace: string): Made[] {
  return databases.flatMap(({ path, poolers }) =>
    poolers.flatMap(({ name }) =>
      ['Service', 'ServiceAccount'].map(kind => ({
        object: { apiVersion: 'v1', kind, metadata: { name, namespace } },
        path: [...path, 'poolers', name],
      })),
    ),
  );
}

function duplicateObject(
  { kind, metadata: { name } }: KubeObject,
  path: Path,
  other: Taken,
): Fault {
  return {
    id: 'duplicate-object',
    message: `the ${kind} "${name}" is made by ${other.maker} already`,
    hint: 'Give one of the two another name.',
    path,
    isAboutName: true,
    related: [{ note: 'the other one', path: other.path }],
  };
}
