import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { changedOf } from '../diff.ts';
import { fieldPath } from '../field-changes.ts';
import { fieldPlace, type RiskRule, warn } from '../risk.ts';

export const ignoredBootstrap: RiskRule = warn('ignored-bootstrap', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster)) {
    const [old, now] = [bootstrapOf(change.before), bootstrapOf(change.after)];
    const cluster = `the CNPG Cluster "${change.head.name}"`;
    if (old.method !== now.method) {
      yield {
        ...fieldPlace(change, now.path, old.path),
        message: `${cluster} goes from bootstrap.${old.method} to bootstrap.${now.method}, which is read only when a Cluster is made: it takes effect, over the data of today, the day this one is made anew`,
        hint: 'Keep the bootstrap that the Cluster was made with. To restore, make a new Cluster beside it.',
      };
      continue;
    }
    // The rule bootstrap-owner reports another owner or secret.
    const ignored = change.fields.filter(changed => {
      const [, section, , field = ''] = fieldPath(changed);
      return section === 'bootstrap' && !['owner', 'secret'].includes(String(field));
    });
    const [first] = ignored;
    if (first === undefined) continue;
    const fields = ignored.map(({ field }) => field.replace(/^spec\./, ''));
    yield {
      ...fieldPlace(change, fieldPath(first), first.basePath),
      message: `${cluster} gets another ${fields.join(', ')}, which is read only when a Cluster is made: the running database stays as it is`,
      hint: 'Change the database itself with SQL, or make a new Cluster; keep the bootstrap as it was.',
    };
  }
});
