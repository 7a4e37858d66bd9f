import type { Capacity } from '../../operate/capacity/capacity.ts';
import type { Formats } from '../format.ts';
import { renderCapacityJson } from './json.ts';
import { renderCapacityText } from './text.ts';

/** `capacity`. */
export const capacityFormats: Formats<readonly Capacity[]> = {
  text: { render: renderCapacityText },
  json: { render: renderCapacityJson },
};
