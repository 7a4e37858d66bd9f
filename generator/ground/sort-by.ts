/** Items sorted by a text, in code-unit order. */
export function sortBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = items.map(item => ({ item, text: textOf(item) }));
  keyed.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return keyed.map(({ item }) => item);
}
