import { isUnresolved } from '../../core/kube-object.ts';
import { isSwapped, knownNames } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { type TemplateRead, templateReads } from '../../core/template/reads.ts';
import { type SecretTemplate, templateField, templates } from '../../graph/keys.ts';
import type { KeySet } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const unknownTemplateKey: Rule = error('unknown-template-key', templates, unknownKeys);

function* unknownKeys(template: SecretTemplate) {
  const { secret, parsed } = template;
  const reported = new Set<string>();
  for (const read of parsed.fault === undefined ? templateReads(parsed.nodes).reads : []) {
    const fault = faultOf(read, secret.fetched);
    if (fault === undefined || reported.has(read.key)) continue;
    reported.add(read.key);
    yield { ...templateField(template), ...fault };
  }
}

function faultOf({ key, nested, isOptional }: TemplateRead, { keys, isOpen }: KeySet) {
  const rest = nested?.slice(key.length + 1) ?? '';
  if (rest !== '' && (keys.has(nested ?? '') || keys.has(key) || !isOptional))
    return {
      message: `the template reads "${rest}" of "${key}", and fetched keys are texts without parts`,
      hint: partHint(key, rest, keys),
    };
  const swapped =
    isOpen && !keys.has(key) ? [...keys].find(fetched => isSwapped(fetched, key)) : undefined;
  if (swapped !== undefined)
    return {
      message: `the template uses "${key}", and "${swapped}" is fetched`,
      hint: `Two letters are swapped: write .${swapped}, or fetch "${key}" with data.`,
    };
  if (isOpen || isOptional || keys.has(key) || hasUnresolved(keys)) return undefined;
  return {
    message: `the template uses "${key}", which is not fetched`,
    hint: knownNames('fetched keys', key, keys),
  };
}

const hasUnresolved = oncePer((keys: ReadonlySet<string>) => [...keys].some(isUnresolved));

function partHint(key: string, rest: string, keys: ReadonlySet<string>): string {
  const nested = `${key}.${rest}`;
  if (keys.has(nested)) return `Write {{ index . "${nested}" }}.`;
  if (keys.has(rest) || key === 'data')
    return `What is fetched has no "${key}" around it: write {{ .${rest} }}.`;
  const json = `{{ (.${key} | fromJson).${rest} }} if "${key}" holds JSON`;
  return keys.has(key)
    ? `Write ${json}.`
    : `Write {{ index . "${nested}" }} for a key of that name, or ${json}.`;
}
