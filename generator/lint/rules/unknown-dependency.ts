import { distance } from 'fastest-levenshtein';
import { inNamespace } from '../../ground/namespace-words.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { dependenciesOf, WAITING } from '../../kinds/flux/dependencies.ts';
import { calledOf, type Item } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const unknownDependency: Rule = {
  id: 'unknown-dependency',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'What a Flux Kustomization or HelmRelease waits for is not misspelt.',

  *check({ byKind, outside }) {
    for (const kind of WAITING) {
      const all = byKind(kind);
      for (const item of all)
        for (const { namespace, name, path } of dependenciesOf(item)) {
          if (namespace === '' || isUnresolved(namespace + name)) continue;
          const alike = all.filter(other => other.name === name);
          // One without a namespace may get any.
          if (alike.some(other => [namespace, ''].includes(other.namespace))) continue;
          if (outside.objects.has(`${kind.kind}/${namespace}/${name}`)) continue;
          const hint = hintFor(alike, name, all.filter(inSame(namespace)));
          if (hint === undefined) continue;
          yield {
            item,
            path,
            message: `there is no ${calledOf(item)} "${name}"${inNamespace(namespace)} to wait for`,
            hint,
            absent: { namespace, name },
          };
        }
    }
  },
};

function inSame(namespace: string): (item: Item) => boolean {
  return item => item.namespace === namespace;
}

/** Which one is meant. Of what is like none that was read, it may be another repository's. */
function hintFor(
  [other]: readonly Item[],
  name: string,
  here: readonly Item[],
): string | undefined {
  if (other !== undefined)
    return `There is one in namespace "${other.namespace}": write namespace: ${other.namespace} beside its name.`;
  const near = here.find(item => isMisspelt(name, item.name));
  return near && `Did you mean "${near.name}"?`;
}

/** Names that differ by one letter, and not by a number: two are as far apart as those of two programs. */
function isMisspelt(name: string, meant: string): boolean {
  const [a, b] = [name, meant].map(text => text.replaceAll(/\d+/g, ''));
  return name.length > 3 && a !== b && distance(name, meant) === 1;
}
