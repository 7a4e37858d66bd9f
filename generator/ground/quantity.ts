const POWERS_OF_1000 = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const POWERS_OF_1024 = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/**
 * A Kubernetes quantity in its canonical form, as the API server stores it: no fraction, and the
 * largest suffix that needs none: `1000m` is `1`, `1024Mi` is `1Gi`, `0.5` is `500m`
 * (apimachinery, resource.Quantity). Text that is no quantity comes back as it is.
 */
export function canonicalQuantity(text: string): string {
  const match = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|P|E|[KMGTPE]i)?$/.exec(text);
  if (match === null) return text;
  const [, digits = '', suffix = ''] = match;
  if (suffix.endsWith('i'))
    return scaled(Number(digits), POWERS_OF_1024.indexOf(suffix), 1024n, POWERS_OF_1024) ?? text;
  return scaled(Number(digits), POWERS_OF_1000.indexOf(suffix), 1000n, POWERS_OF_1000) ?? text;
}

function scaled(
  number: number,
  power: number,
  base: bigint,
  suffixes: readonly string[],
): string | undefined {
  let [value, exponent] = [number, power];
  while (!Number.isInteger(value) && exponent > 0)
    [value, exponent] = [value * Number(base), exponent - 1];
  if (!Number.isSafeInteger(value)) return undefined;
  let whole = BigInt(value);
  while (whole !== 0n && whole % base === 0n && exponent < suffixes.length - 1) {
    [whole, exponent] = [whole / base, exponent + 1];
  }
  return whole === 0n ? '0' : `${whole}${suffixes[exponent]}`;
}

/**
 * A Kubernetes quantity as a number; undefined for text that is none. `1e9` is one too
 * (apimachinery, resource.ParseQuantity).
 */
export function quantityValue(text: string): number | undefined {
  const match = /^\+?(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d+)|(m|k|M|G|T|P|E|[KMGTPE]i))?$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = match;
  if (suffix.endsWith('i')) return Number(digits) * 1024 ** POWERS_OF_1024.indexOf(suffix);
  return Number(digits + exponent) * 1000 ** (POWERS_OF_1000.indexOf(suffix) - 1);
}
