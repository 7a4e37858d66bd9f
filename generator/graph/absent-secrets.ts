import { groupBy } from '../ground/group-by.ts';
import { inNamespaceOrNone, ofNamespace } from '../ground/namespace-words.ts';
import { knownNames } from '../ground/suggest.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { calledOf, type PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/placed-object.ts';
import { type Absent, doubtAbout } from './doubts.ts';
import {
  findSecret,
  type Maker,
  type Reader,
  type RelatedField,
  type SecretGraph,
  secretId,
} from './secret-graph.ts';

/** A read of a Secret that nothing makes. */
export interface AbsentRead extends Reason {
  readonly reader: Reader;
  readonly absent: Absent;
  /** Why it is not known all the same. */
  readonly doubt?: string;
}

/** Every read of a Secret that does not exist as far as was read, each place once. */
export function absentReads(graph: SecretGraph): AbsentRead[] {
  const absent = graph.readers.filter(
    ({ namespace, secret }) => findSecret(graph, namespace, secret) === undefined,
  );
  if (absent.length === 0) return [];
  const isNotCreated = notCreated(graph);
  const reasonOf = reasons(graph);
  return atEachPlaceOnce(absent)
    .filter(
      ({ namespace, secret, object }) =>
        !isUnresolved(namespace + secret) &&
        !(namespace === '' && object.known?.isOfCluster === true) &&
        !isNotCreated.has(secretId(namespace, secret)),
    )
    .map(reader => {
      const { namespace, secret, object } = reader;
      const notBy = reader.isGiven ? writtenObject(object) : undefined;
      const absent: Absent = {
        namespace: namespace || undefined,
        name: secret,
        isSecret: true,
        notBy,
      };
      const doubt = doubtAbout(graph, absent);
      return { reader, absent, ...reasonOf(reader), ...(doubt !== undefined && { doubt }) };
    });
}

/** A volume with items reads its Secret once for each of them. */
function atEachPlaceOnce(readers: readonly Reader[]): Reader[] {
  const seen = new Map<PlacedObject, Set<string>>();
  return readers.filter(({ object, path }) => {
    const places = seen.get(object) ?? new Set();
    seen.set(object, places);
    const place = path.join('/');
    return !places.has(place) && places.add(place);
  });
}

/** With creationPolicy None the maker is at fault: the rule not-created says so. */
function notCreated({ externalSecrets }: SecretGraph): Set<string> {
  const none = externalSecrets.filter(({ creationPolicy }) => creationPolicy === 'None');
  return new Set(none.map(({ namespace, target }) => secretId(namespace, target)));
}

/** Finds the reason for each of many reads. */
function reasons(graph: SecretGraph): (reader: Reader) => Reason {
  const unmade = unmadeSecrets(graph);
  const secrets = [...graph.secrets.values()];
  const byNamespace = groupBy(secrets, ({ namespace }) => namespace);
  const byName = groupBy(secrets, ({ name }) => name);
  return reader => {
    const { namespace, secret } = reader;
    const known = unmade.get(secretId(namespace, secret));
    if (known !== undefined) return known;
    const [maker] = (byName.get(secret) ?? [])
      .filter(other => other.namespace !== namespace)
      .sort((a, b) => (a.namespace < b.namespace ? -1 : 1))
      .flatMap(({ makers }) => [...makers])
      // A copy under the same name is not what it copies.
      .filter(({ object }) => object !== reader.object);
    if (maker !== undefined) return madeElsewhere(reader, maker);
    const others = (byNamespace.get(namespace) ?? []).filter(({ name }) => name !== secret);
    const names = others.map(({ name }) => name);
    const hint = knownNames(`Secrets ${ofNamespace(namespace)}`, secret, names);
    return { hint, related: [] };
  };
}

/** A Secret of that name is in another namespace, or in none. */
function madeElsewhere({ object, namespace, how }: Reader, maker: Maker): Reason {
  const { namespace: other } = maker;
  const place = `There is one ${inNamespaceOrNone(other)}`;
  const advice =
    how === 'eso'
      ? 'let the store read that namespace (remoteNamespace).'
      : "and Secrets are read only in one's own: copy it with an ExternalSecret and a kubernetes store.";
  const stray = other === '' ? maker.object : namespace === '' ? object : undefined;
  return {
    hint: `${place}${how === 'eso' ? ':' : ','} ${advice}`,
    related: [
      {
        object: maker.object,
        path: maker.path,
        note: `${maker.object.kind} "${maker.object.name}" makes it there`,
      },
    ],
    ...(stray !== undefined && { stray }),
  };
}

/** Why a Secret is not there: what to do, and what was meant to make it or makes it elsewhere. */
export interface Reason {
  readonly hint: string;
  readonly related: readonly RelatedField[];
  /** The maker or the reader, when it has no namespace and so misses the other. */
  readonly stray?: PlacedObject;
}

/** Secrets that one would expect of an object, and why it does not make them. */
function unmadeSecrets(graph: SecretGraph): Map<string, Reason> {
  const unmade = new Map<string, Reason>();
  for (const object of graph.objects)
    for (const { secret, hint, path } of object.known?.omits?.(object) ?? [])
      unmade.set(secretId(object.namespace, secret), {
        hint,
        related: [{ object, path, note: `${calledOf(object)} "${object.name}"` }],
      });
  for (const { object, namespace, target, creationPolicy, path } of graph.externalSecrets) {
    if (creationPolicy !== 'None' && target !== object.name)
      unmade.set(secretId(namespace, object.name), {
        hint: `${object.kind} "${object.name}" makes a Secret of another name: read "${target}".`,
        related: [{ object, path: [...path, 'target', 'name'], note: 'the name of the Secret' }],
      });
  }
  return unmade;
}
