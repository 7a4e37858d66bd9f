import { isUtf8 } from 'node:buffer';
import { type Fault, type Outcome, ok } from '../ground/finding.ts';
import type { SourceFile } from '../ground/locate.ts';
import { parseSpec } from '../make/spec/parse-spec.ts';
import type { SpecObject } from '../make/spec/spec.ts';

/** A spec and the text it stands in. */
export interface ReadSpec {
  readonly source: SourceFile;
  readonly spec: SpecObject;
}

/** What the bytes of a spec say. */
export function parseSpecSource(source: SourceFile, bytes: Uint8Array): Outcome<ReadSpec> {
  const parsed = isUtf8(bytes) ? parseSpec(source.text) : { faults: [notUtf8(source.text)] };
  return parsed.value === undefined ? parsed : ok({ source, spec: parsed.value });
}

/** Decoding puts U+FFFD in the first place that is not UTF-8. */
function notUtf8(text: string): Fault {
  const message = 'the file is not UTF-8 from here on';
  const offset = Math.max(0, text.indexOf('\uFFFD'));
  return { id: 'not-utf-8', message, hint: 'Save it as UTF-8.', path: [], offset };
}
