import type { Formats } from '../format.ts';
import { type FindingList, renderFindingJson, renderFindingText } from './finding-list.ts';

/** What is wrong with the input of a command that makes something else than findings. */
export const findingFormats: Formats<FindingList> = {
  text: { render: renderFindingText },
  json: { render: renderFindingJson },
};
