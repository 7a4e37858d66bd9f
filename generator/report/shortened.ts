/** How many of many are named. */
const MOST_NAMED = 8;

/** The first of many, and how many more there are. */
export function someOf(texts: readonly string[], most: number): string[] {
  const more = texts.length - most;
  return more > 1 ? [...texts.slice(0, most), `${more} more`] : [...texts];
}

/** The same of a list that is a part of a sentence: `a, b, and 3 more`. */
export function shortened(texts: readonly string[]): string[] {
  return someOf(texts, MOST_NAMED).map((text, index) =>
    index === MOST_NAMED ? `and ${text}` : text,
  );
}
