import type { Fault, Outcome } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import { knownNames, nearest } from '../../ground/suggest.ts';
import { beforeEnvironment, mergeEnvironment } from '../spec/merge-environment.ts';
import { inDocument } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { Model } from './model.ts';
import { resolveModel } from './resolve-model.ts';

/** What an environment means, or without one the base; faults stand where the document says it. */
export function resolveEnvironment(
  spec: SpecObject,
  environment: string | undefined,
): Outcome<Model> {
  const model = resolveModel(spec.metadata.name, mergeEnvironment(spec, environment));
  if (model.value !== undefined) return model;
  return { faults: inDocument(asOverrides(model.faults, spec, environment), spec, environment) };
}

/** What is said of an entry that lacks something, or says nothing of where it comes from. */
const LACKS = new Set(['missing-field', 'secret-source', 'store-provider', 'value-source']);

/**
 * The faults of an environment's merged spec, with those of one kind told otherwise: an entry that is
 * no whole one, and that the base has not, was to change one of another name.
 */
function asOverrides(
  faults: readonly Fault[],
  document: SpecObject,
  environment: string | undefined,
): readonly Fault[] {
  const told = new Set<string>();
  const before = beforeEnvironment(document, environment);
  return faults.flatMap(fault => {
    const [section = '', name = '', ...below] = fault.path.map(String);
    const change = entriesOf(document.spec.environments?.[environment ?? ''], section);
    const base = Object.keys(entriesOf(before, section));
    const isNew = Object.hasOwn(change, name) && !base.includes(name);
    const isWhole = below.length > 1 || (below.length === 1 && nearest(name, base) === undefined);
    if (!isNew || base.length === 0 || isWhole || !LACKS.has(fault.id)) return [fault];
    const key = `${section}/${name}`;
    if (told.has(key)) return [];
    told.add(key);
    return [unknownOverride({ ...fault, path: fault.path.slice(0, 2) }, section, name, base)];
  });
}

function entriesOf(spec: object | null | undefined, section: string): object {
  const entries = isMap(spec) && Object.hasOwn(spec, section) ? spec[section] : undefined;
  return isMap(entries) ? entries : {};
}

function unknownOverride(
  { path, hint }: Fault,
  section: string,
  name: string,
  base: readonly string[],
): Fault {
  return {
    id: 'unknown-override',
    message: `"${name}" is not among the ${section} of the base, and is no whole one by itself`,
    hint: `${knownNames(`${section} of the base`, name, base)} For one that is new: ${hint ?? ''}`,
    path,
    isAboutName: true,
  };
}
