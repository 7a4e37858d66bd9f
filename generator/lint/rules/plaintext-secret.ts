import { plainSecrets } from '../../graph/plain-text.ts';
import { localError, type Rule } from '../rule.ts';

export const plaintextSecret: Rule = localError('plaintext-secret', function* ({ objects }) {
  for (const { object, path, what } of plainSecrets(objects))
    yield {
      object,
      path,
      message: `${object.kind} "${object.name}" holds what looks like ${what} (the value is not shown)`,
      hint: 'Keep it in the store, fetch it with an ExternalSecret and refer to that Secret here; replace the value if it was ever committed.',
    };
});
