import type { AwsEntry } from '../../graph/aws-stores.ts';
import { ROLE_ARN } from '../../graph/iam.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { isMap, listAt, mapAt, scalarText, textAt } from '../../ground/json.ts';
import { serviceAccount } from '../../kinds/core/service-account.ts';
import { storeKind } from '../../kinds/eso/stores.ts';
import { annotationOf } from '../../kinds/kind.ts';
import type { IamSettings, ServiceAccountName } from './settings.ts';

/** How ESO comes to the rights with which it serves an entry (docs/facts/eso.md#aws-login). */
export interface RoleLogin {
  /** The account that AWS knows it by; none with access keys. */
  readonly account?: ServiceAccountName;
  readonly by: 'PodIdentity' | 'IRSA' | 'AccessKeys';
  /** The role that the account is annotated with. */
  readonly role?: string;
  /** Whom its token is meant for. */
  readonly audience: string;
  /** The roles that it takes on one after the other; the last one reads. */
  readonly hops: readonly Hop[];
}

/** A role that the one before it assumes. */
export interface Hop {
  readonly role: string;
  readonly externalId?: string;
  readonly sessionTags: readonly SessionTag[];
  /** ESO gives the session tags: those of the store, or the namespace and the store themselves. */
  readonly isTagging: boolean;
}

interface SessionTag {
  readonly key: string;
  readonly value: string;
  /** It stays with the sessions of the roles that are assumed after it. */
  readonly isTransitive: boolean;
}

const AUDIENCE = 'eks.amazonaws.com/audience';

export function loginOf(entry: AwsEntry, graph: SecretGraph, settings: IamSettings): RoleLogin {
  const auth = mapAt(entry.store.settings, 'auth');
  const hops = hopsOf(entry);
  if (isMap(auth['secretRef']) && !isMap(auth['jwt']))
    return { by: 'AccessKeys', audience: '', hops };
  const given = isMap(auth['jwt']) ? accountOf(entry) : undefined;
  const account = given ?? settings.controller;
  const object = graph.find(serviceAccount, account.namespace, account.name);
  const role = object && annotationOf(object, ROLE_ARN);
  const by = given !== undefined || role !== undefined ? 'IRSA' : settings.trust;
  const audience = (object && annotationOf(object, AUDIENCE)) ?? 'sts.amazonaws.com';
  return { account, by, audience, hops, ...(role !== undefined && { role }) };
}

/** A ClusterSecretStore, and no generator, may name the namespace; else it is that of what reads. */
function accountOf({ store: { object, settings }, namespace }: AwsEntry): ServiceAccountName {
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const own = storeKind(object.kind)?.isOfCluster === true ? textAt(ref, 'namespace') : undefined;
  return { namespace: own ?? namespace, name: textAt(ref, 'name') ?? '' };
}

/** First the additional roles; the external ID and the tags are for the last one alone. */
function hopsOf({ store: { settings } }: AwsEntry): Hop[] {
  const before = listAt(settings, 'additionalRoles').map(
    (role): Hop => ({ role: scalarText(role), sessionTags: [], isTagging: false }),
  );
  const role = textAt(settings, 'role');
  if (role === undefined) return before;
  const externalId = textAt(settings, 'externalID');
  const lasting = new Set(listAt(settings, 'transitiveTagKeys').map(scalarText));
  const sessionTags = listAt(settings, 'sessionTags').map((tag): SessionTag => {
    const key = textAt(tag, 'key') ?? '';
    return { key, value: textAt(tag, 'value') ?? '', isTransitive: lasting.has(key) };
  });
  const isTagging = sessionTags.length > 0 || settings['sessionTagsPolicy'] !== undefined;
  const last = { role, sessionTags, isTagging };
  return [...before, externalId === undefined ? last : { ...last, externalId }];
}
