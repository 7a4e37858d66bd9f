import { isUtf8 } from 'node:buffer';
import { dirname } from 'node:path';
import { andThen, type Fault, type Outcome, ok } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import type { SourceFile } from '../ground/locate.ts';
import { parseDocument } from '../ground/yaml/yaml-text.ts';
import { checkSpec } from '../make/spec/parse-spec.ts';
import type { SpecObject } from '../make/spec/spec.ts';
import { withInjectedComponents } from './component-objects.ts';
import { withEnvironmentFiles } from './environment-files.ts';
import { withResourceFiles } from './resource-files.ts';

/** A spec and the text it stands in. */
export interface ReadSpec {
  readonly source: SourceFile;
  readonly spec: SpecObject;
}

/** What the bytes of a spec say, with the files that it names; its source has those of environments. */
export function parseSpecSource(
  file: string,
  bytes: Uint8Array,
  host: Host,
): { readonly source: SourceFile; readonly spec: Outcome<SpecObject> } {
  const source = { file, text: new TextDecoder().decode(bytes) };
  const parsed = isUtf8(bytes) ? parseDocument(source.text) : { faults: [notUtf8(source.text)] };
  if (parsed.value === undefined) return { source, spec: { faults: parsed.faults } };
  const { spec, parts } = wholeSpec(parsed.value, file, host);
  return { source: { ...source, parts }, spec };
}

/** The document of a spec, with the files that it names. */
export function wholeSpec(
  document: unknown,
  file: string,
  host: Host,
): { readonly spec: Outcome<SpecObject> } & Required<Pick<SourceFile, 'parts'>> {
  const whole = withEnvironmentFiles(document, file, host);
  const checked = whole.faults.length > 0 ? { faults: whole.faults } : checkSpec(whole.document);
  return {
    spec: andThen(
      andThen(checked, spec => withResourceFiles(spec, file, host)),
      spec => ok(withInjectedComponents(spec, host.below(dirname(file)))),
    ),
    parts: whole.parts,
  };
}

/** Decoding puts U+FFFD in the first place that is not UTF-8. */
function notUtf8(text: string): Fault {
  const message = 'the file is not UTF-8 from here on';
  const offset = Math.max(0, text.indexOf('\uFFFD'));
  return { id: 'not-utf-8', message, hint: 'Save it as UTF-8.', path: [], offset };
}
