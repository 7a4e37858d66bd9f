import { type JsonObject, listAt, mapAt, scalarText, textsUnder } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { matchesGlob } from '../../core/names.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { ARGOCD } from './application.ts';

/** What limits the Applications of a project (docs/facts/argocd.md#projects). */
export const appProject: Kind = { group: ARGOCD, kind: 'AppProject', fields: { hosts: 'none' } };

/** Whether a project is held against objects: a global one may add to one with other labels, and lists longer than people write would take too long. */
export function isJudged({ json }: PlacedObject): boolean {
  const labels = Object.keys(mapAt(json, 'metadata', 'labels'));
  const lists = Object.values(mapAt(json, 'spec'));
  return (
    labels.every(label => label.startsWith('app.kubernetes.io/')) &&
    lists.every(list => !Array.isArray(list) || list.length <= 500)
  );
}

const IN_CLUSTER = { name: 'in-cluster', server: 'https://kubernetes.default.svc' } as const;

/** Whether a project surely lets no Application with this destination write to a namespace. */
export function isPlaceRefused(
  project: PlacedObject,
  destination: JsonObject,
  namespace: string,
): boolean {
  const [name, written] = textsUnder(destination, 'name', 'server');
  const server = written ?? (name === IN_CLUSTER.name ? IN_CLUSTER.server : undefined);
  return listAt(specOf(project), 'destinations').every(item => {
    const [names, servers, namespaces] = textsUnder(item, 'name', 'server', 'namespace');
    const isElsewhere = isMissed(names, name) && isMissed(servers, server);
    return isElsewhere || isMissed(namespaces, namespace);
  });
}

/** Whether it surely has no source with this URL. */
export function isSourceRefused(project: PlacedObject, url: string): boolean {
  const patterns = listAt(specOf(project), 'sourceRepos');
  return patterns.every(pattern => isMissed(normalUrl(scalarText(pattern)), normalUrl(url)));
}

/** Forms of a URL that Argo CD takes for one. */
function normalUrl(url: string): string {
  const plain = url
    .trim()
    .toLowerCase()
    .replace(/\.git$/, '');
  return plain.replace(/^ssh:\/\//, '').replace(/^([\w.-]{1,100}@[\w.-]{1,200}):/, '$1/');
}

/** The field by which it surely lets no Application write an object of this kind, whose scope is known. */
export function refusingField(project: PlacedObject, object: PlacedObject): string | undefined {
  const spec = specOf(project);
  const scope = object.knownKind?.isOfCluster === true ? 'cluster' : 'namespace';
  const [allowed, denied] = [`${scope}ResourceWhitelist`, `${scope}ResourceBlacklist`];
  const isAmong = (field: string, isUnsure: boolean): boolean =>
    listAt(spec, field).some(item => isMeant(item, object, isUnsure));
  if (isAmong(denied, false)) return denied;
  const isOpen = scope === 'namespace' && spec[allowed] === undefined;
  return isOpen || isAmong(allowed, true) ? undefined : allowed;
}

/** Whether an entry of a list is for an object, which one of the cluster may name; `isUnsure` where its patterns are not read here. */
function isMeant(item: unknown, object: PlacedObject, isUnsure: boolean): boolean {
  const [group = '', kind = '', written] = textsUnder(item, 'group', 'kind', 'name');
  const name = (object.knownKind?.isOfCluster === true && written) || '*';
  if ([group, kind, name].some(isSpecial)) return isUnsure;
  const isKind = matchesGlob(group, object.group) && matchesGlob(kind, object.kind);
  return isKind && matchesGlob(name, object.name);
}

/** Whether a pattern surely does not match a text; undefined: one that is not known. */
function isMissed(pattern = '', text: string | undefined): boolean {
  if (pattern === '') return true;
  if (text === undefined || isUnresolved(text) || isSpecial(pattern)) return false;
  return !matchesGlob(pattern, text);
}

/** Whether it denies, or has more than `*` and `?`. */
function isSpecial(pattern: string): boolean {
  return /[![\]{}\\]|\$/.test(pattern);
}
