import { parseTemplate } from '../ground/go-template/go-template.ts';
import { templateReads } from '../ground/go-template/template-reads.ts';
import { textAt } from '../ground/json.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../kinds/eso/generators.ts';
import { type Maker, type SecretGraph, secretId } from './secret-graph.ts';
import { remoteOf } from './stores.ts';

/** Answers whether a password may hold characters that mean something in a URL. */
export interface PasswordOrigin {
  /** By a key of a Secret. */
  readonly ofSecret: (namespace: string, secret: string, key: string) => boolean;
  /** By a key that an ExternalSecret fetches, before its template. */
  readonly ofFetched: (secret: ExternalSecret, key: string) => boolean;
}

/** How many Secrets a password is followed through. */
const MOST_COPIES = 5;

/**
 * Passwords that CNPG makes are letters and digits (docs/facts/cnpg.md#made-passwords), also in
 * copies of its Secrets, and so are UUIDs. Those of stores, of hands and of the Password generator
 * may hold anything; of Secrets that are not in the set nothing is said.
 */
export function passwordOrigin(graph: SecretGraph): PasswordOrigin {
  const { find, secrets } = graph;
  const sources = new Map(graph.externalSecrets.map(secret => [makerId(secret), secret]));

  const ofSecret = (namespace: string, name: string, key: string, copies = 0): boolean => {
    const makers = secrets.get(secretId(namespace, name))?.makers ?? [];
    const own = makers.filter(maker => maker.isOpen || maker.keys.has(key));
    return own.some(maker => ofMaker(maker, key, copies));
  };

  const ofMaker = ({ object, namespace, secret }: Maker, key: string, copies: number): boolean => {
    if (object.known?.mayHoldSymbols?.(object)) return true;
    const source = sources.get(makerId({ object, namespace, target: secret }));
    if (source === undefined || copies >= MOST_COPIES) return false;
    const template = textAt(source.spec, 'target', 'template', 'data', key);
    const fetched = template === undefined ? key : keyAsItIs(template);
    return fetched !== undefined && ofFetched(source, fetched, copies + 1);
  };

  const ofFetched = (secret: ExternalSecret, key: string, copies = 0): boolean => {
    const { data, dataFrom, namespace } = secret;
    const entry = data.find(({ secretKey }) => secretKey === key);
    if (entry !== undefined) {
      const remote = remoteOf(find, entry.storeRef, namespace);
      if (remote === undefined) return true;
      return entry.property !== undefined && ofSecret(remote, entry.key, entry.property, copies);
    }
    return dataFrom.some(({ extract, generator, storeRef }) => {
      if (generator !== undefined) return mayHoldSymbols(find, generator, namespace);
      const remote = remoteOf(find, storeRef, namespace);
      if (remote === undefined) return true;
      return extract !== undefined && ofSecret(remote, extract, key, copies);
    });
  };

  return {
    ofSecret: (namespace, name, key) => ofSecret(namespace, name, key),
    ofFetched: (secret, key) => ofFetched(secret, key),
  };
}

function makerId({
  object,
  namespace,
  target,
}: Pick<ExternalSecret, 'object' | 'namespace' | 'target'>): string {
  return `${object.kind}/${object.name}/${secretId(namespace, target)}`;
}

/** The key that a template gives on as it is; undefined when it does more. */
function keyAsItIs(template: string): string | undefined {
  const { nodes } = parseTemplate(template);
  const [node, ...others] = nodes;
  const { reads } = templateReads(nodes);
  const isPlain = node?.kind === 'action' && node.pipeline.commands.length === 1;
  return isPlain && others.length === 0 && reads.length === 1 ? reads[0]?.key : undefined;
}

/** A generator that is not in the set gives what no URL minds, as far as we know. */
function mayHoldSymbols(
  find: SecretGraph['find'],
  { kind, name }: NonNullable<ExternalSecret['dataFrom'][number]['generator']>,
  namespace: string,
): boolean {
  const known = generatorKind(kind);
  const object = known && find(known, namespace, name);
  return object !== undefined && (known?.mayHoldSymbols?.(object) ?? false);
}
