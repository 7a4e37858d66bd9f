import type { Json } from '../../../ground/json.ts';
import { parseStream } from '../../../ground/yaml/yaml-text.ts';

/** The entries of a list that is written as a text of YAML; undefined: it is none. */
export function parsedList(text: string): readonly Json[] | undefined {
  const { value: [list] = [] } = parseStream(text);
  return Array.isArray(list) ? list : undefined;
}
