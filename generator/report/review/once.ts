/** Something that is said of an environment, or of several. */
interface Said {
  readonly environments: readonly string[];
}

/**
 * What is said alike of several environments, said once. Environments differ by their namespaces,
 * so a key leaves those out; what one environment has twice, in two namespaces, stays two.
 */
export function onceForAll<T extends Said>(all: readonly T[], keyOf: (entry: T) => string): T[] {
  const environments = new Set(all.flatMap(entry => entry.environments));
  if (environments.size < 2) return [...all];
  const groups: { readonly entry: T; readonly environments: string[] }[] = [];
  const alike = new Map<string, typeof groups>();
  for (const entry of all) {
    const key = keyOf(entry);
    const twins = alike.get(key) ?? [];
    alike.set(key, twins);
    const twin = twins.find(({ environments }) =>
      entry.environments.every(name => !environments.includes(name)),
    );
    if (twin !== undefined) twin.environments.push(...entry.environments);
    else {
      const group = { entry, environments: [...entry.environments] };
      twins.push(group);
      groups.push(group);
    }
  }
  return groups.map(({ entry, environments }) => ({ ...entry, environments }));
}
