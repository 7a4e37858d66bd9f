import type { Json } from '../../ground/json.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';

/** A manifest as lines of YAML. */
export function linesOf(object: Json): string[] {
  return renderValue(object).trimEnd().split('\n');
}
