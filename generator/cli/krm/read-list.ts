import { isUtf8 } from 'node:buffer';
import type { Fault, Outcome } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { parseDocument } from '../../ground/yaml/yaml-text.ts';
import { type ResourceList, resourceListOf } from '../../make/krm/resource-list.ts';

/** What came on stdin: its text, and the ResourceList that it is. */
export interface Input {
  readonly text: string;
  readonly list: Outcome<ResourceList>;
}

/** Reads the ResourceList. Text that is not UTF-8 would go out as other text, so it is refused. */
export function readList(host: Host): Input {
  const bytes = host.readStdin();
  const text = new TextDecoder().decode(bytes);
  if (!isUtf8(bytes)) return { text, list: { faults: [notUtf8] } };
  const { value, faults } = parseDocument(text);
  const list = value === undefined ? { faults: faults.map(asInput) } : resourceListOf(value);
  return { text, list };
}

/** Faults of a document that is one file speak of the file. */
function asInput(fault: Fault): Fault {
  const what = SHAPES.get(fault.id);
  if (what === undefined) return fault;
  const message = `stdin is not a ResourceList: ${what}`;
  return { ...fault, id: 'no-resource-list', message, hint: 'Give one ResourceList.' };
}

const SHAPES: ReadonlyMap<string, string> = new Map([
  ['empty-file', 'it is empty'],
  ['several-documents', 'it holds more than one document'],
]);

const notUtf8: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList: it is not UTF-8',
  hint: 'Give the text in UTF-8, as the specification of KRM functions wants it.',
  path: [],
  offset: 0,
};
