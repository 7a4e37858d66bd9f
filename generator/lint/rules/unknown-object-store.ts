import { inNamespace } from '../../ground/namespace-words.ts';
import { knownNames } from '../../ground/suggest.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { namedObjectStores } from '../../kinds/cnpg/archives.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { objectStore } from '../../kinds/cnpg/object-store.ts';
import type { Rule } from '../rule.ts';

export const unknownObjectStore: Rule = {
  id: 'unknown-object-store',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'The ObjectStores that a CNPG Cluster names are in its namespace.',

  *check({ byKind, find, outside }) {
    for (const item of byKind(cnpgCluster))
      for (const { name, path } of namedObjectStores(item)) {
        const { namespace } = item;
        if (isUnresolved(name) || find(objectStore, namespace, name) !== undefined) continue;
        if (outside.objects.has(`${objectStore.kind}/${namespace}/${name}`)) continue;
        const here = byKind(objectStore).filter(other => other.namespace === namespace);
        yield {
          item,
          path,
          message: `there is no ObjectStore "${name}"${inNamespace(namespace)}`,
          hint: knownNames(
            'ObjectStores',
            name,
            here.map(other => other.name),
          ),
          absent: { namespace: namespace || undefined, name },
        };
      }
  },
};
