import { listAt, scalarText, textAt } from '../../core/json.ts';
import { type CnpgHost, cnpgHosts } from '../../graph/hosts.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const readOnlyService: Rule = error('read-only-service', cnpgHosts, (host, graph) => {
  const cnpg = graph.find(cnpgCluster, host.namespace, host.cnpgCluster);
  if (cnpg === undefined || host.suffix === undefined || host.suffix === 'rw') return undefined;
  const isAlone = host.suffix === 'ro' && (specOf(cnpg)['instances'] ?? 1) === 1;
  if (!isAlone && !isMigration(host)) return undefined;
  const why = isAlone
    ? 'selects replicas only, and the Cluster has one instance'
    : 'leads to read-only replicas, and a migration writes';
  return {
    path: host.path,
    message: `"${host.service}" ${why}`,
    hint: `Use ${host.cnpgCluster}-rw, the primary.`,
    related: [{ object: cnpg, path: ['spec', 'instances'], note: 'the Cluster' }],
  };
});

/** Words for a migration, and tools that do nothing else. */
const MIGRATION =
  /(^|[^a-z])(db-?)?(migrat(e|ion|ions|or)|schema-(update|upgrade)|alembic|flyway|liquibase|goose|dbmate|sqitch)([^a-z]|$)/i;

function isMigration({ object, container }: CnpgHost): boolean {
  const { name = '', spec } = container ?? {};
  const program = ['command', 'args'].flatMap(field => listAt(spec, field));
  const words = [object.name, name, textAt(spec, 'image') ?? '', ...program];
  return words.some(word => MIGRATION.test(scalarText(word)));
}
