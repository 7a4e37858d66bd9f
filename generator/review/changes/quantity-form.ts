import { canonicalQuantity } from '../../ground/quantity.ts';

/**
 * A quantity in one spelling for each amount: `1e9` is `1G`, and `1073741824` is `1Gi` as well,
 * which the API server would store as it stands (apimachinery, resource.Quantity compares amounts).
 */
export function quantityForm(text: string): string {
  if (!/^\d+(\.\d+)?([eE]\d+)?$/.test(text)) return canonicalQuantity(text);
  const amount = Number(text);
  if (!Number.isSafeInteger(amount)) return canonicalQuantity(text);
  const isBinary = amount > 0 && amount % 1024 === 0;
  return canonicalQuantity(isBinary ? `${amount / 1024}Ki` : String(amount));
}
