import { resolve } from 'node:path';
import type { Path } from '../../ground/finding.ts';
import { isMap, parsedJson, textAt } from '../../ground/json.ts';
import { manifestsOf } from '../../ground/manifests.ts';
import { hideSecrets } from '../../ground/secret-text.ts';
import { blameAt } from './blame-fields.ts';
import type { Blame, Failed } from './explanation.ts';
import { entryPlace, type Kustomization, parsed } from './kustomization.ts';
import { valuesAt } from './loads.ts';
import { readText } from './targets.ts';

/** A patch of a kustomization. */
interface Patch {
  readonly by: Kustomization;
  readonly path: Path;
  readonly documents: readonly unknown[];
}

/** A patch that is neither an object nor a list of operations. */
export function badPatch(failed: Failed): Blame | undefined {
  const bad = patchesOf(failed).find(
    ({ documents }) => documents.length === 0 || !documents.every(isPatch),
  );
  const only = patchesOf(failed);
  const found = bad ?? (only.length === 1 ? only[0] : undefined);
  return found && blameAt(found.by, found.path);
}

/** What begins as a list of operations in JSON has to be JSON throughout, for kustomize. */
function documentsOf(text: string): readonly unknown[] {
  const { value = [] } = parsed(text);
  return text.trimStart().startsWith('[') && parsedJson(text) === undefined ? [] : value;
}

function isPatch(document: unknown): boolean {
  if (Array.isArray(document))
    return document.every(
      operation => textAt(operation, 'op') !== undefined && textAt(operation, 'path') !== undefined,
    );
  return document === null || textAt(document, 'metadata', 'name') !== undefined;
}

/** The patch whose object kustomize's message says is not there. */
export function patchOf(failed: Failed): Blame | undefined {
  const [, kind, name] =
    /([^\s".]{1,100})\.[^\s"]{0,200}\/([^\s"]{1,260})\.\[?[\w-]+\]?/.exec(failed.text) ?? [];
  for (const { by, path, documents } of patchesOf(failed)) {
    const object = manifestsOf(documents).find(
      ({ object: own }) => own.kind === kind && textAt(own, 'metadata', 'name') === name,
    );
    if (object !== undefined)
      return {
        ...blameAt(by, path),
        message: `a patch is for ${kind} "${name}", which is not there`,
      };
  }
  return undefined;
}

function patchesOf({ closure: { kustomizations }, host }: Failed): Patch[] {
  return kustomizations.flatMap(by => {
    const read = (path: unknown): string | undefined =>
      typeof path === 'string' ? readText(resolve(by.folder, path), host) : undefined;
    const old = valuesAt(by.document, ['patchesStrategicMerge', '*']).map(({ value, path }) => ({
      path,
      text: read(value) ?? value,
    }));
    const others = ['patches', 'patchesJson6902'].flatMap(field =>
      valuesAt(by.document, [field, '*']).map(({ value, path }) => ({
        path,
        text: isMap(value) ? (value['patch'] ?? read(value['path'])) : undefined,
      })),
    );
    return [...old, ...others].map(({ path, text }) => ({
      by,
      path,
      documents: typeof text === 'string' ? documentsOf(text) : [],
    }));
  });
}

const GENERATORS = ['configMapGenerator', 'secretGenerator'];

/** A literal without a key or without `=`. It is not shown: the whole of it may be a secret. */
export function badLiteral({ closure: { kustomizations } }: Failed): Blame | undefined {
  for (const by of kustomizations) {
    const literal = inGenerators(by, ['literals', '*']).find(
      ({ value }) => typeof value === 'string' && value.indexOf('=') < 1,
    );
    if (literal !== undefined) return blameAt(by, literal.path);
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
      return { ...blameAt(by, [...last.path, 'name']), message: say(hideSecrets(name)) };
  }
  return undefined;
}

function inGenerators(
  { document }: Kustomization,
  below: readonly string[],
): ReturnType<typeof valuesAt> {
  return GENERATORS.flatMap(field => valuesAt(document, [field, '*', ...below]));
}
