import { groupBy } from '../ground/group-by.ts';
import { oncePer } from '../ground/once-per.ts';
import { nearest } from '../ground/suggest.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { ARGOCD_SECRETS } from '../kinds/argocd/own-secrets.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { Unknown } from '../kinds/deployment-ends.ts';
import { calledOf, type PlacedObject } from '../kinds/kind.ts';
import { mayBeMade } from './foreign-makers.ts';
import type { SecretGraph, SecretNode } from './secret-graph.ts';

/** Something that no object of a world is, and that may be there all the same. */
export interface Absent {
  /** Empty for what belongs to the cluster; undefined where it is not known. */
  readonly namespace: string | undefined;
  /** Its name, where it is one. */
  readonly name?: string;
  readonly isSecret?: true;
  /** There are others of its kind, for all of the cluster: so these are known. */
  readonly hasOthers?: boolean;
  /** What surely does not make it, whatever else it may make. */
  readonly notBy?: PlacedObject | undefined;
}

/**
 * Why it is not known that something is absent: what may have it made unseen. Undefined: all that
 * could make it has been read.
 */
export function doubtAbout(
  graph: SecretGraph,
  { namespace, name, isSecret, hasOthers, notBy }: Absent,
): string | undefined {
  return (
    (isSecret && name !== undefined ? secretDoubt(graph, namespace ?? '', name) : undefined) ??
    unseenIn(graph)(namespace, { name, hasOthers, notBy })
  );
}

/** The same for keys of a Secret, which only what is built along with its makers could add. */
export function doubtBeside(
  { outside }: SecretGraph,
  files: readonly number[],
): string | undefined {
  const unread = outside.unknowns?.find(({ file }) => file !== undefined && files.includes(file));
  return unread?.what;
}

function secretDoubt(graph: SecretGraph, namespace: string, secret: string): string | undefined {
  return (
    (ARGOCD_SECRETS.includes(secret) ? 'Argo CD itself' : undefined) ??
    wildcards(graph)(namespace, secret) ??
    handMade(graph)(namespace, secret) ??
    makers(graph)(namespace, secret) ??
    graph.outside.elsewhere?.(namespace, secret)
  );
}

const makers = oncePer(mayBeMade);

/** What nothing can make before people do; unless a Secret that is made is called nearly so. */
const handMade = oncePer((graph: SecretGraph) => {
  const readers = new Map(
    graph.objects.flatMap(object =>
      (object.known?.byHand?.(object) ?? []).map(secret => [secret, object] as const),
    ),
  );
  const made = groupBy([...graph.secrets.values()], node => node.namespace);
  const elsewhere = groupBy([...graph.secrets.values()], ({ name }) => name);
  return (namespace: string, secret: string): string | undefined => {
    const object = readers.get(secret);
    const names = (made.get(namespace) ?? []).map(({ name }) => name);
    if (object === undefined || nearest(secret, names) !== undefined) return undefined;
    if (isMadeByOperator(elsewhere.get(secret) ?? [])) return undefined;
    return `hand, as the ${calledOf(object)} "${object.name}" needs it first`;
  };
});

/** Something unknown, and the object that it comes of. */
interface Unseen {
  readonly what: string;
  readonly mayMake?: Unknown['mayMake'];
  readonly isFolder?: Unknown['isFolder'];
  readonly isOfNames?: Unknown['isOfNames'];
  readonly by?: PlacedObject;
}

/** What is unknown by where it is: in a namespace, or anywhere. */
const unseenIn = oncePer((graph: SecretGraph) => {
  const anywhere: Unseen[] = [];
  const homes = new Map<string, Unseen[]>();
  for (const { namespace, what, ...unseen } of allUnknowns(graph)) {
    if (namespace === undefined || isUnresolved(namespace)) anywhere.push({ what, ...unseen });
    else {
      const home = homes.get(namespace) ?? [];
      homes.set(namespace, home);
      home.push({ what: `${what} in ${namespace}`, ...unseen });
    }
  }
  const all = [...homes.values()].flat();
  const folders = all.filter(({ isFolder }) => isFolder === true);
  return (namespace: string | undefined, asked: Asked): string | undefined => {
    const { name, hasOthers = false, notBy } = asked;
    const own = namespace === undefined ? all : (homes.get(namespace) ?? []);
    const here = namespace === '' && !hasOthers ? [...own, ...folders] : own;
    const isMaker = ({ by, mayMake, isOfNames }: Unseen): boolean =>
      (by === undefined || by !== notBy) &&
      (name === undefined ? isOfNames !== true : (mayMake?.(name) ?? true));
    return (anywhere.find(isMaker) ?? here.find(isMaker))?.what;
  };
});

type Asked = { readonly [field in 'name' | 'notBy' | 'hasOthers']: Absent[field] };

function allUnknowns({ outside, objects, find }: SecretGraph): (Unknown & Unseen)[] {
  return [
    ...(outside.unknowns ?? []),
    ...objects.flatMap(by =>
      (by.known?.unknowns?.(by, find) ?? []).map(unknown => ({ ...unknown, by })),
    ),
  ];
}

/** What people write they may write in several namespaces; what an operator makes is in the one it says. */
function isMadeByOperator(nodes: readonly SecretNode[]): boolean {
  const makers = nodes.flatMap(node => node.makers);
  return makers.length > 0 && makers.every(({ object }) => object.known !== coreSecret);
}

/** Secrets whose names are filled in later may have any name that fits. */
const wildcards = oncePer(({ secrets }: SecretGraph) => {
  const open = [...secrets.values()].filter(({ namespace, name }) =>
    isUnresolved(`${namespace}/${name}`),
  );
  return (namespace: string, secret: string): string | undefined => {
    const found = open.find(
      node => fits(node.name, secret) && (namespace === '' || fits(node.namespace, namespace)),
    );
    return found && `a Secret whose name is filled in later, "${found.name}"`;
  };
});

/** Whether a name may come of one with variables: their parts stand in it, in order. */
function fits(pattern: string, name: string): boolean {
  if (!isUnresolved(pattern)) return pattern === name;
  const parts = pattern.split(/\$\{[^}]{0,200}\}|\{\{[^}]{0,200}\}\}|<[^>]{0,200}>/);
  const [first = '', last = ''] = [parts[0], parts.at(-1)];
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = 0;
  return parts.every(part => {
    const found = name.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
}
