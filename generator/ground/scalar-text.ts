/**
 * A name in a manifest as text; it is a number where somebody left out the quotes. What is no
 * scalar has none: the schema says so, and `String` would run a field named `toString`.
 */
export function scalarText(value: unknown): string {
  const isScalar = ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
  return isScalar ? String(value) : '';
}
