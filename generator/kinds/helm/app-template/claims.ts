import { mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, mapPart, type Part } from '../part.ts';
import { RESOURCE_POLICY } from '../resource-policy.ts';
import { type App, type Entry, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';
import { isClaim } from './volumes.ts';

/** The claims that it makes, and not those that are there (docs/facts/helm.md#volumes-of-app-template). */
export function claims(app: App): Brought[] {
  return entriesOf(app, 'persistence').flatMap(entry =>
    isMade(entry) ? [appObject(app, withPolicy(entry), TYPE, { spec: specPart(entry) })] : [],
  );
}

const TYPE = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' };

function isMade({ values }: Entry): boolean {
  return isClaim(values) && !values['existingClaim'];
}

/** `retain` is short for the annotation that has Helm leave it. */
function withPolicy(entry: Entry): Entry {
  if (entry.values['retain'] !== true) return entry;
  const both = { ...mapAt(entry.values, 'annotations'), [RESOURCE_POLICY]: 'keep' };
  return { ...entry, values: { ...entry.values, annotations: both } };
}

function specPart({ values, at }: Entry): Part {
  const text = (field: string): Part | undefined => {
    const value = textAt(values, field);
    return value === undefined ? undefined : copied([...at, field], value === '-' ? '' : value);
  };
  const storage = mapPart(at, { storage: text('size') });
  return mapPart(at, {
    resources: mapPart(at, { requests: storage }),
    storageClassName: text('storageClass'),
    volumeName: text('volumeName'),
  });
}
