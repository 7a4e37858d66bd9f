import { attempt, mapAt, textAt } from '../../core/json.ts';
import { secretLook } from '../../graph/plain-text.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const secretManifest: Rule = warning('secret-manifest', coreSecret, function* (object) {
  for (const { field, key, value } of valuesOf(object)) {
    const what = secretLook(value, key);
    if (what === undefined) continue;
    yield {
      path: [field, key],
      message: `key "${key}" of Secret "${object.name}" holds what looks like ${what} (the value is not shown)`,
      hint: 'base64 hides nothing. Keep the value in the store and make the Secret with an ExternalSecret; replace the value if it was ever committed.',
    };
  }
});

function valuesOf({ json, group }: PlacedObject) {
  if (group !== '' || textAt(json, 'type') === 'helm.sh/release.v1') return [];
  return (['data', 'stringData'] as const).flatMap(field =>
    Object.entries(mapAt(json, field)).flatMap(([key, value]) => {
      if (typeof value !== 'string') return [];
      return [{ field, key, value: field === 'data' ? decoded(value) : value }];
    }),
  );
}

/** base64 as text. Other text, such as a value that SOPS encrypted, stays as it is. */
function decoded(text: string): string {
  if (text.length >= 100_000 || !/^[A-Za-z0-9+/\s]+(?:=\s*){0,2}$/.test(text)) return text;
  return attempt(() => atob(text.replaceAll(/\s/g, ''))) ?? text;
}
