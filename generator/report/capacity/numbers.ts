/** A number of a forecast: as exact as what it comes from. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** The same for people, with commas between thousands. */
export function shownNumber(value: number): string {
  if (value < 100) return String(Number(value.toPrecision(2)));
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3}){1,8}$)/g, ',');
}

/** Cents are told of small sums alone. */
export function shownDollars(value: number): string {
  return value < 100 ? `$${value.toFixed(2)}` : `$${shownNumber(value)}`;
}

/** Seconds as ESO's intervals are written. */
export function shownSeconds(value: number): string {
  if (value < 60) return `${shownNumber(value)}s`;
  const minutes = Math.round(value / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${hours}h` : ''}${rest > 0 ? `${rest}m` : ''}`;
}
