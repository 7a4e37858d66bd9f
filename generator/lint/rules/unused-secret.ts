import { inNamespace } from '../../core/kube-object.ts';
import { unreadSecrets } from '../../graph/reads.ts';
import { targetPath } from '../../kinds/eso/external-secret-spec.ts';
import { type Rule, warning } from '../rule.ts';

export const unusedSecret: Rule = warning('unused-secret', unreadSecrets, secret => ({
  path: targetPath(secret),
  message: `nothing${inNamespace(secret.namespace)} reads the Secret "${secret.target}"`,
  hint: 'Read it, or remove the ExternalSecret: a value that nobody needs can only leak.',
}));
