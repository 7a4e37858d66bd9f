import type { Path } from '../../ground/finding.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { isUnresolved } from '../../ground/unresolved.ts';

/** Which major version of PostgreSQL a CNPG Cluster asks for. */
export interface PostgresVersion {
  /** unreadable: the tag says no version, which the operator rejects. default: the operator's choice. */
  readonly from: 'image' | 'catalog' | 'default' | 'unreadable' | 'unresolved';
  readonly major?: number;
  /** The image or the catalog, as people name it. */
  readonly text: string;
  readonly path: Path;
}

/**
 * The major version, as the operator takes it: from the catalog reference, or from the digits that
 * the image's tag begins with (CNPG 1.30.0, api/v1/cluster_funcs.go, GetPostgresqlMajorVersion;
 * machinery 0.5.0, pkg/postgres/version).
 */
export function postgresVersion(cnpgCluster: KubeObject): PostgresVersion {
  const spec = mapAt(cnpgCluster, 'spec');
  const { major, name } = mapAt(spec, 'imageCatalogRef');
  if (typeof major === 'number')
    return { from: 'catalog', major, text: `catalog "${name}"`, path: CATALOG };
  const image = textAt(spec, 'imageName') ?? '';
  if (image === '') return { from: 'default', text: "the operator's default image", path: IMAGE };
  const found = { text: `image "${image}"`, path: IMAGE };
  const digits = /^\d+/.exec(tagOf(image))?.[0];
  if (digits !== undefined) return { from: 'image', major: Number(digits), ...found };
  return { from: isUnresolved(image) ? 'unresolved' : 'unreadable', ...found };
}

const CATALOG = ['spec', 'imageCatalogRef', 'major'];
const IMAGE = ['spec', 'imageName'];

/** A colon before the last slash is the registry's port. */
function tagOf(image: string): string {
  const [name = ''] = image.split('@');
  return /:([^/:]+)$/.exec(name)?.[1] ?? '';
}
