/**
 * ` in namespace "shop"`; nothing for objects that name none, as manifests often leave it to Flux's
 * `targetNamespace`, Argo CD's destination or a kustomization.
 */
export function inNamespace(namespace: string): string {
  return namespace === '' ? '' : ` in namespace "${namespace}"`;
}

/** Whose objects a hint lists: `Secrets of "shop"`. */
export function ofNamespace(namespace: string): string {
  return `of ${namespace === '' ? 'objects without a namespace' : `"${namespace}"`}`;
}

/** Where another object of the name is: `in namespace "shop"`, or `without a namespace`. */
export function inNamespaceOrNone(namespace: string): string {
  return namespace === '' ? 'without a namespace' : `in namespace "${namespace}"`;
}

/** What to do where another object of the name is, in a namespace or in none; undefined: both say theirs. */
export function strayHint(own: string, other: string): string | undefined {
  if (own !== '' && other !== '') return undefined;
  const [what, where] = other === '' ? [own, 'there'] : [other, 'here'];
  return `There is one ${inNamespaceOrNone(other)}: write namespace: ${what} ${where}, or check it with the --namespace that it is applied with.`;
}
