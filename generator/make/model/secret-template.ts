import type { Fault, Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import { resultKeys } from '../../kinds/eso/external-secret-keys.ts';
import type { KeySet } from '../../kinds/secret-ends.ts';
import type { SecretSpec } from '../spec/secret-spec.ts';
import type { Spec } from '../spec/spec.ts';
import type { Fetched } from './fetched.ts';
import type { SecretContext } from './references.ts';
import { dashedKey, postgresUrl, templateKeys, urlKeys, urlTarget } from './template.ts';

export interface ResolvedTemplate {
  /** Undefined where it would say nothing, and the spec omits those. */
  readonly template: JsonObject | undefined;
  /** The keys that reach the Secret. */
  readonly keys: KeySet;
}

/**
 * `target.template` in its stored form. It is always there: without one ESO copies the
 * ExternalSecret's labels (docs/facts/eso.md#labels-of-the-secret), and Argo CD takes the Secret
 * for one of its own (docs/facts/argocd.md#tracking).
 */
export function resolveTemplate(
  name: string,
  secret: SecretSpec,
  fetched: Fetched,
  path: Path,
  context: SecretContext,
): ResolvedTemplate {
  const isLogin = context.logins.get(name)?.username !== undefined;
  const data = templateData(secret, fetched, path, context);
  const type = secret.type ?? (isLogin ? BASIC_AUTH : undefined);
  const labels = { ...secret.labels, ...(isLogin && { [RELOAD_LABEL]: 'true' }) };
  const { annotations, templateFrom, mergePolicy } = secret;
  const template = {
    ...(data !== undefined && { data }),
    engineVersion: 'v2',
    mergePolicy: mergePolicy ?? 'Replace',
    ...((hasEntries(labels) || hasEntries(annotations)) && {
      metadata: {
        ...(hasEntries(annotations) && { annotations: { ...annotations } }),
        ...(hasEntries(labels) && { labels }),
      },
    }),
    ...(templateFrom !== undefined && { templateFrom }),
    ...(type !== undefined && { type }),
  };
  return {
    template: isOmitted(template, context.spec) ? undefined : template,
    keys: resultKeys(template, fetched.keys),
  };
}

/** Whether a template says what all say, and the spec omits those. */
function isOmitted(template: JsonObject, { omit = [] }: Spec): boolean {
  const { engineVersion: _, mergePolicy, ...others } = template;
  const isEmpty = mergePolicy === 'Replace' && Object.keys(others).length === 0;
  return isEmpty && omit.includes('emptyTemplates');
}

function hasEntries(map: object | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}

function templateData(
  { template, from }: SecretSpec,
  fetched: Fetched,
  path: Path,
  context: SecretContext,
): Record<string, string> | undefined {
  if (template === undefined) return undefined;
  const target = urlTarget(from, context);
  const texts = Object.entries(template).map(([key, value]): [string, string] => {
    const at = [...path, 'template', key];
    if (typeof value === 'string') return [key, checkedText(value, fetched.keys, at, context)];
    const url = value.postgresUrl ?? {};
    checkUsed(urlKeys(url, target), fetched.keys, at, context);
    return [key, postgresUrl(url, target)];
  });
  return Object.fromEntries(texts);
}

/** A template as the spec has it, held against what is fetched. */
function checkedText(text: string, keys: KeySet, path: Path, context: SecretContext): string {
  const dashed = dashedKey(text);
  if (dashed === undefined) checkUsed(templateKeys(text) ?? [], keys, path, context);
  else context.report(dashAfterDot(dashed, path));
  return text;
}

function dashAfterDot(key: string, path: Path): Fault {
  return {
    id: 'template-syntax',
    message: `a template cannot read "${key}" after a dot: the dash ends the name`,
    hint: `Write {{ index . "${key}" }}.`,
    path,
  };
}

function checkUsed(
  used: readonly string[],
  keys: KeySet,
  path: Path,
  { report }: SecretContext,
): void {
  if (keys.isOpen) return;
  for (const key of used) {
    if (keys.keys.has(key)) continue;
    report({
      id: 'unknown-secret-key',
      message: `the template uses "${key}", which is not fetched`,
      hint: knownNames('fetched keys', key, keys.keys),
      path,
    });
  }
}
