import { isMap, type JsonObject, textAt } from '../../ground/json.ts';
import { listItems } from '../../ground/manifests.ts';
import { type ClusterEvent, eventOf, eventTimes } from '../../kinds/core/event.ts';
import {
  isSecretAnswer,
  type SecretMetadata,
  secretMetadata,
  secretsInTable,
} from '../../kinds/core/secret-metadata.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { timesIn } from './times.ts';

/** What one document of a dump holds. Of Secrets nothing but metadata goes any further. */
export interface DumpDocument {
  readonly objects: readonly PlacedObject[];
  readonly secrets: readonly SecretMetadata[];
  readonly events: readonly ClusterEvent[];
  /** It is a whole List: what is not in it, of its kinds and namespaces, is not there. */
  readonly isList: boolean;
  readonly times: readonly string[];
}

/** A document as `kubectl get -o json` or the API server gives it; undefined: it is none of theirs. */
export function dumpDocument(document: unknown): DumpDocument | undefined {
  const secrets = secretsInTable(document);
  if (secrets !== undefined) return tableOf(document, secrets);
  const listed = listItems(document);
  const objects = (listed ?? [document]).flatMap(one => objectIn(one, document, listed));
  if (listed === undefined && objects.length === 0) return undefined;
  const isSecret = ({ apiVersion, kind }: Answer): boolean => isSecretAnswer(apiVersion, kind);
  const others = objects.filter(answer => !isSecret(answer));
  return {
    objects: others.map(({ object, apiVersion, kind }) =>
      placedObject({ metadata: { name: '' }, ...object, apiVersion, kind }, 0, [], ''),
    ),
    secrets: objects.filter(isSecret).map(({ object }) => secretMetadata(object)),
    events: others.flatMap(
      ({ object, apiVersion, kind }) => eventOf({ ...object, apiVersion, kind }) ?? [],
    ),
    isList: listed !== undefined && isWhole(document),
    times: objects.flatMap(({ object }) => [...timesIn(object), ...eventTimes(object)]),
  };
}

function tableOf(document: unknown, secrets: readonly SecretMetadata[]): DumpDocument {
  const times = secrets.flatMap(({ created, written }) => [created ?? [], written ?? []].flat());
  return { objects: [], secrets, events: [], isList: isWhole(document), times };
}

/** It is no page of a longer one. */
function isWhole(document: unknown): boolean {
  return !textAt(document, 'metadata', 'continue');
}

interface Answer {
  readonly object: JsonObject;
  readonly apiVersion: string;
  readonly kind: string;
}

/** The items of a typed list do not say what they are. A List in a List is nothing that anybody gives. */
function objectIn(one: unknown, list: unknown, listed: unknown): Answer[] {
  if (!isMap(one)) return [];
  const ofList = listed === undefined ? '' : (textAt(list, 'kind') ?? '').slice(0, -'List'.length);
  const kind = textAt(one, 'kind') ?? ofList;
  const apiVersion = textAt(one, 'apiVersion') ?? textAt(list, 'apiVersion');
  if (kind === '' || apiVersion === undefined || !isMap(one['metadata'])) return [];
  return [{ object: one, apiVersion, kind }];
}
