/** A function that works its answer out once for each object. */
export function oncePer<K extends object, V>(answer: (key: K) => V): (key: K) => V {
  const answers = new WeakMap<K, { readonly value: V }>();
  return key => {
    const entry = answers.get(key);
    if (entry !== undefined) return entry.value;
    const value = answer(key);
    answers.set(key, { value });
    return value;
  };
}

/** The same for texts that come again and again, such as durations and names. */
export function oncePerText<V>(answer: (text: string) => V): (text: string) => V {
  const answers = new Map<string, V>();
  return text => {
    const found = answers.get(text);
    if (found !== undefined || answers.has(text)) return found as V;
    const value = answer(text);
    answers.set(text, value);
    return value;
  };
}

/** An answer that is worked out when it is first asked for. */
export function onceFor<T>(answer: () => T): () => T {
  let entry: { readonly value: T } | undefined;
  return () => {
    entry ??= { value: answer() };
    return entry.value;
  };
}

/** The same for the text that was asked for last: most questions about a text come together. */
export function onceForLast<V>(answer: (text: string) => V): (text: string) => V {
  let last: { readonly text: string; readonly value: V } | undefined;
  return text => {
    if (last?.text !== text) last = { text, value: answer(text) };
    return last.value;
  };
}
