import { isMap, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** The namespace that a kubernetes store reads; undefined for other stores. */
export function remoteNamespaceOf(store: PlacedObject): string | undefined {
  const provider = mapAt(specOf(store), 'provider');
  if (!isMap(provider['kubernetes']) || Object.keys(provider).length > 1) return undefined;
  return textAt(provider, 'kubernetes', 'remoteNamespace') ?? 'default';
}

/** Whether a kubernetes store reads this cluster, whose RBAC may be in the set. */
export function isInCluster(store: PlacedObject): boolean {
  const url = textAt(specOf(store), 'provider', 'kubernetes', 'server', 'url');
  return remoteNamespaceOf(store) !== undefined && isOwnApiServer(url ?? 'kubernetes.default');
}

/** The names that the API server has inside of its cluster. */
export function isOwnApiServer(url: string): boolean {
  return /^(https:\/\/)?kubernetes(\.default(\.svc(\.cluster\.local)?)?)?(:\d+)?\/?$/.test(url);
}
