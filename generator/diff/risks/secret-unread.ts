import { inNamespace } from '../../core/kube-object.ts';
import { unreadSecrets } from '../../graph/reads.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { readsOf } from '../facts/losses.ts';
import { isCompared } from '../facts/moves.ts';
import { firstPlaces, namesOf, placeOn, type RiskRule, relatedObjects, warn } from '../risk.ts';

export const secretUnread: RiskRule = warn('secret-unread', function* (diff) {
  for (const secret of unreadSecrets(diff.head).filter(isCompared(diff))) {
    const { object, namespace, target } = secret;
    const before = firstPlaces(readsOf(diff.base, namespace, target));
    if (before.length === 0) continue;
    yield {
      ...placeOn('head', object, targetPath(secret)),
      message: `nothing${inNamespace(namespace)} reads the Secret "${target}" any more: ${namesOf(before, 'was', 'were')} the last`,
      hint: 'Remove the ExternalSecret in a later change, when nobody wants the value back.',
      related: relatedObjects(before, 'base', 'read it'),
    };
  }
}).inPlaceOf('unused-secret');
