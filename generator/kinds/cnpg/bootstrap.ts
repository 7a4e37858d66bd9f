import type { Path } from '../../ground/finding.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';

const METHODS = ['recovery', 'pg_basebackup', 'initdb'] as const;

/** How a CNPG Cluster is made, and whose login the operator keeps up ever after. */
export interface Bootstrap {
  readonly method: (typeof METHODS)[number];
  readonly path: Path;
  /** None: a monolith import brings its own. */
  readonly owner: string | undefined;
  /** The Secret with the owner's password: `NAME-app` where none is named. */
  readonly secret: string;
  /** The data comes from a Cluster that runs: pg_basebackup, initdb.import. */
  readonly isCopy: boolean;
}

/** The bootstrap of a CNPG Cluster in its effective form. */
export function bootstrapOf(cnpgCluster: KubeObject): Bootstrap {
  const bootstrap = mapAt(cnpgCluster, 'spec', 'bootstrap');
  const method = METHODS.find(name => Object.hasOwn(bootstrap, name)) ?? 'initdb';
  return {
    method,
    path: ['spec', 'bootstrap', method],
    owner: textAt(bootstrap, method, 'owner'),
    secret: textAt(bootstrap, method, 'secret', 'name') || `${cnpgCluster.metadata.name}-app`,
    isCopy: method === 'pg_basebackup' || mapAt(bootstrap, method)['import'] !== undefined,
  };
}
