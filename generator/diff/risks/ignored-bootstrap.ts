import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type Changed, changedOf } from '../comparison.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, type RiskRule } from '../risk.ts';

export const ignoredBootstrap: RiskRule = {
  id: 'ignored-bootstrap',
  level: 'warn',

  *check(comparison) {
    for (const change of changedOf(comparison, cnpgCluster)) {
      const [old, now] = [bootstrapOf(change.before), bootstrapOf(change.after)];
      const cnpgCluster = `the CNPG Cluster "${change.head.name}"`;
      if (old.method !== now.method) {
        yield {
          ...fieldPlace(change, now.path, old.path),
          message: `${cnpgCluster} goes from bootstrap.${old.method} to bootstrap.${now.method}, which is read only when a Cluster is made: it takes effect, over the data of today, the day this one is made anew`,
          hint: 'Keep the bootstrap that the Cluster was made with. To restore, make a new Cluster beside it.',
        };
        continue;
      }
      const [first, ...others] = ignoredFields(change);
      if (first === undefined) continue;
      const fields = [first, ...others].map(({ field }) => field.replace(/^spec\./, ''));
      yield {
        ...fieldPlace(change, first.headPath ?? first.path, first.basePath ?? first.path),
        message: `${cnpgCluster} gets another ${fields.join(', ')}, which is read only when a Cluster is made: the running database stays as it is`,
        hint: 'Change the database itself with SQL, or make a new Cluster; keep the bootstrap as it was.',
      };
    }
  },
};

/** Changed fields of the bootstrap, without owner and secret: the rule bootstrap-owner reports those. */
function ignoredFields({ fields }: Changed) {
  return fields.flatMap(change => {
    const path = fieldPath(change);
    const [, section, , field = ''] = path;
    return section !== 'bootstrap' || ['owner', 'secret'].includes(String(field))
      ? []
      : [{ ...change, path }];
  });
}
