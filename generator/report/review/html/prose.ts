/** `1 risk`, `2 risks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A sentence with a capital at its start, unless that is a field. */
export function capital(text: string): string {
  if (/^\w+[.[]\w/.test(text)) return text;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
