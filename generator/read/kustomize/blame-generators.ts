import { textAt } from '../../ground/json.ts';
import { hideSecrets } from '../../ground/secret-text.ts';
import { placeIn } from './blame-fields.ts';
import type { Blame, Failed } from './explanation.ts';
import { entryPlace, type Kustomization } from './kustomization.ts';
import { valuesAt } from './loads.ts';

const GENERATORS = ['configMapGenerator', 'secretGenerator'];

/** A literal without a key or without `=`. It is not shown: the whole of it may be a secret. */
export function badLiteral({ closure: { kustomizations } }: Failed): Blame | undefined {
  for (const by of kustomizations) {
    const literal = inGenerators(by, ['literals', '*']).find(
      ({ value }) => typeof value === 'string' && value.indexOf('=') < 1,
    );
    if (literal !== undefined) return placeIn(by, literal.path);
  }
  return undefined;
}

/** A file that has several keys before it, or none, or no path. */
export function badSource({ closure: { kustomizations } }: Failed): Blame | undefined {
  for (const by of kustomizations) {
    const load = by.loads.find(
      ({ kind, entry }) =>
        kind === 'source' && (entry.split('=').length > 2 || /^=|=$/.test(entry)),
    );
    if (load !== undefined) return { at: entryPlace({ by, load }) };
  }
  return undefined;
}

/** The generator that kustomize's message names; `say` puts it in words. */
export function generatorOf(
  { closure: { kustomizations }, text }: Failed,
  say: (name: string) => string,
): Blame | undefined {
  const [, name = ''] = /Name:"([^"]{1,300})"/.exec(text) ?? [];
  for (const by of [...kustomizations].reverse()) {
    const own = inGenerators(by, []).filter(({ value }) => textAt(value, 'name') === name);
    const last = own.at(-1);
    if (last !== undefined)
      return { ...placeIn(by, [...last.path, 'name']), message: say(hideSecrets(name)) };
  }
  return undefined;
}

function inGenerators(
  { document }: Kustomization,
  below: readonly string[],
): ReturnType<typeof valuesAt> {
  return GENERATORS.flatMap(field => valuesAt(document, [field, '*', ...below]));
}
