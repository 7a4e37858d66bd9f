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
