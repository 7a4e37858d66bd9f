import type { Path, Report } from '../../core/finding.ts';
import { knownNames } from '../../core/names.ts';
import type { Spec } from '../spec.ts';
import { type ConfigMapModel, marksOf } from './model.ts';

/** The ConfigMaps of a spec. Their names get a hash of what they hold, unless an entry says `hash: false`. */
export function resolveConfigMaps({ configMaps = {} }: Spec): ConfigMapModel[] {
  return Object.entries(configMaps).map(([name, { data = {}, hash = true, ...entry }]) => ({
    ...marksOf(entry),
    name,
    path: ['configMaps', name],
    data: Object.fromEntries(
      Object.entries(data).flatMap(([key, text]) =>
        typeof text === 'string' ? [[key, text] as const] : [],
      ),
    ),
    isHashed: hash,
  }));
}

/** Reports a key that a ConfigMap of the spec does not have. One that another makes may have any. */
export function checkConfigMapKey(
  { configMap, key }: { readonly configMap: string; readonly key: string },
  path: Path,
  { configMaps, report }: ConfigMapLookup,
): void {
  const known = configMaps.get(configMap);
  if (known === undefined || Object.hasOwn(known.data, key)) return;
  report({
    id: 'unknown-config-map-key',
    message: `ConfigMap "${configMap}" has no key "${key}"`,
    hint: knownNames(`keys of "${configMap}"`, key, Object.keys(known.data)),
    path,
    related: [{ note: `"${configMap}" comes from here`, path: known.path }],
  });
}

/** The ConfigMaps of an environment, by name. */
export interface ConfigMapLookup {
  readonly configMaps: ReadonlyMap<string, ConfigMapModel>;
  readonly report: Report;
}
