import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** The services of AWS that ESO's provider reads and writes. */
export type AwsService = 'ParameterStore' | 'SecretsManager';

/** Those, and the ones that its generators ask. */
export type AskedService = AwsService | 'ContainerRegistry' | 'PublicContainerRegistry';

/**
 * What ESO does with an entry: reads its value or its tags, searches by path, by name alone or by
 * tags, pushes, gives what it pushed other tags, a resource policy or replicas, or deletes it; of a
 * registry it gets a token.
 */
export type AwsUse =
  | 'value'
  | 'metadata'
  | 'path'
  | 'names'
  | 'tags'
  | 'push'
  | 'new tags'
  | 'no policy'
  | 'policy'
  | 'replicas'
  | 'delete'
  | 'token';

/** A call to AWS that ESO makes. */
export interface AwsCall {
  /** As IAM names it. */
  readonly action: string;
  /**
   * What it is allowed on: the entry, the path and all below it, what a search may find, or
   * everything, where AWS knows no resource for the action.
   */
  readonly on: 'entry' | 'path' | 'found' | 'everything';
  /** `which ESO calls …`. */
  readonly when: string;
  /** What the caller has to be allowed on a customer's key that encrypts the value. */
  readonly key?: 'read' | 'write';
  /** What ESO takes instead where it is refused. */
  readonly other?: string;
  /** Of a search: how many entries one call brings; else one call is made. */
  readonly page?: number;
  /** Not made at a refresh that changes nothing, or allowed for the sake of another call alone. */
  readonly isRare?: true;
}

/** The calls of a service, by what ESO does there; none where it has no such thing. */
export type CallTable = Readonly<Partial<Record<AwsUse, readonly AwsCall[]>>>;

/** What asks AWS, and how it logs in there. */
export interface AwsSource {
  readonly object: PlacedObject;
  /** Of its settings, from the object. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: AskedService;
  readonly region: string;
}

/** A store that reads AWS. */
export interface AwsStore extends AwsSource {
  readonly service: AwsService;
}

/** A store's AWS settings; undefined when it reads something else. */
export function awsStore(object: PlacedObject): AwsStore | undefined {
  const settings = mapAt(specOf(object), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { object, path: ['spec', 'provider', 'aws'], settings, service, region };
}
