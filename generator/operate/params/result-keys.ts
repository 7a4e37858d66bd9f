import { parseTemplate } from '../../ground/go-template/go-template.ts';
import { templateReads } from '../../ground/go-template/template-reads.ts';
import { listAt, mapAt, textAt } from '../../ground/json.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';

/** Answers in which keys of its Secret something that an ExternalSecret fetches ends; undefined: not known. */
export type KeysOf = (fetched: string) => readonly string[] | undefined;

/** A key is handed on as it is, unless a template makes others of it. */
export function resultKeysOf({ spec, keys }: ExternalSecret): KeysOf {
  const template = mapAt(spec, 'target', 'template');
  const isFromFiles = listAt(template, 'templateFrom').length > 0;
  const made = Object.entries(mapAt(template, 'data')).map(([key, text]) => {
    const { reads, isOpen } = templateReads(parseTemplate(String(text)).nodes);
    return { key, isOpen, reads: new Set(reads.map(read => read.key)) };
  });
  if (made.length === 0 && !isFromFiles) return fetched => [fetched];
  const isMerged = textAt(template, 'mergePolicy') === 'Merge';
  return fetched => {
    if (isFromFiles) return keys.isOpen ? undefined : [...keys.keys].sort();
    const own = made.filter(({ isOpen, reads }) => isOpen || reads.has(fetched));
    return [...new Set([...own.map(({ key }) => key), ...(isMerged ? [fetched] : [])])].sort();
  };
}
