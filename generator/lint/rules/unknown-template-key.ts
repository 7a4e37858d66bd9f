import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { type TemplateRead, templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templates } from '../../graph/keys.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const unknownTemplateKey: Rule = {
  id: 'unknown-template-key',
  severity: 'error',
  summary: 'A template of an ExternalSecret uses only keys that are fetched.',

  *check(graph) {
    for (const template of templates(graph)) yield* unknownKeys(template);
  },
};

function* unknownKeys({ secret, parsed, path, source }: SecretTemplate): Iterable<RuleFault> {
  if (parsed.fault !== undefined) return;
  const { fetched, object } = secret;
  const seen = new Set<string>();
  for (const read of templateReads(parsed.nodes).reads) {
    const fault = faultOf(read, fetched);
    if (fault === undefined || seen.has(read.key)) continue;
    seen.add(read.key);
    yield { object, path, ...fault, ...(source !== undefined && { related: [source] }) };
  }
}

function faultOf(
  { key, nested, isOptional }: TemplateRead,
  { keys, isOpen }: KeySet,
): Pick<RuleFault, 'message' | 'hint'> | undefined {
  if (nested !== undefined && (keys.has(nested) || keys.has(key)))
    return {
      message: `the template reads a part of "${key}", and fetched keys are texts without parts`,
      hint: keys.has(nested)
        ? `Write {{ index . "${nested}" }}.`
        : `Write {{ (.${key} | fromJson).${nested.slice(key.length + 1)} }} if it holds JSON.`,
    };
  if (isOpen || isOptional || keys.has(key) || [...keys].some(isUnresolved)) return undefined;
  return {
    message: `the template uses "${key}", which is not fetched`,
    hint: knownNames('fetched keys', key, keys),
  };
}
