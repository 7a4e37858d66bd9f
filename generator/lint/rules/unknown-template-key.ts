import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { type TemplateRead, templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templateField, templates } from '../../graph/keys.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { FaultText, Rule, RuleFault } from '../rule.ts';

export const unknownTemplateKey: Rule = {
  id: 'unknown-template-key',
  severity: 'error',
  summary: 'A template of an ExternalSecret uses only keys that are fetched.',

  *check(graph) {
    for (const template of templates(graph)) yield* unknownKeys(template);
  },
};

function* unknownKeys(template: SecretTemplate): Iterable<RuleFault> {
  const { secret, parsed } = template;
  if (parsed.fault !== undefined) return;
  const reported = new Set<string>();
  for (const read of templateReads(parsed.nodes).reads) {
    const fault = faultOf(read, secret.fetched);
    if (fault === undefined || reported.has(read.key)) continue;
    reported.add(read.key);
    yield { ...templateField(template), ...fault };
  }
}

function faultOf(
  { key, nested, isOptional }: TemplateRead,
  { keys, isOpen }: KeySet,
): FaultText | undefined {
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
