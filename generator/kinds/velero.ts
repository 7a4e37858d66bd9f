import { listAt, mapAt, scalarText, textAt, textsUnder } from '../core/json.ts';
import { type BackupPlace, type BackupPlan, durationRetention, type Retention } from './facets.ts';
import { type Kind, type PlacedObject, specOf } from './kind.ts';
import { specReads } from './secret-refs.ts';

export const VELERO = 'velero.io';

/** A bucket that Velero keeps backups in (docs/facts/operators.md#velero). */
export const backupStorageLocation: Kind = {
  group: VELERO,
  kind: 'BackupStorageLocation',
  data: { isPrecious: true, backupPlace: bucketOf },
  reads: specReads,
};

function bucketOf(object: PlacedObject): BackupPlace | undefined {
  const [bucket, prefix = ''] = textsUnder(specOf(object)['objectStorage'], 'bucket', 'prefix');
  if (bucket === undefined) return undefined;
  const folder = prefix.replaceAll(/^\/|\/$/g, '');
  const called = folder === '' ? bucket : `${bucket}/${folder}`;
  const address = textAt(specOf(object), 'config', 's3Url') ?? '';
  const place = JSON.stringify([specOf(object)['provider'], address, bucket, folder]);
  return { path: ['spec', 'objectStorage', 'bucket'], called, place };
}

const TEMPLATE = ['spec', 'template'];

/** Backups of namespaces by a schedule (docs/facts/operators.md#velero). */
export const veleroSchedule: Kind = {
  group: VELERO,
  kind: 'Schedule',
  data: { backupPlan: planOf, retentions: keptFor },
};

/** The default of the server, which a flag of it may change. */
const DEFAULT = { text: 'the default of Velero (720h)', amount: 30 };

function keptFor(object: PlacedObject): Retention[] {
  const path = [...TEMPLATE, 'ttl'];
  const text = textAt(specOf(object), ...path.slice(1)) ?? '';
  return text === '' ? [{ path, ...DEFAULT }] : durationRetention(text, path);
}

function planOf(object: PlacedObject): BackupPlan {
  const { paused } = specOf(object);
  const template = mapAt(specOf(object), 'template');
  const names = listAt(template, 'includedNamespaces').map(scalarText);
  const isAll = names.length === 0 || names.includes('*');
  const isChosen =
    template['labelSelector'] !== undefined || listAt(template, 'orLabelSelectors').length > 0;
  return {
    isStopped: paused === true,
    path: paused === true ? ['spec', 'paused'] : [...TEMPLATE, 'includedNamespaces'],
    scope: {
      what: 'namespace',
      names: isAll ? 'all' : names,
      except: listAt(template, 'excludedNamespaces').map(scalarText).sort(),
      isWhole: !isChosen,
    },
    target: textAt(template, 'storageLocation') ?? 'default',
    schedule: textAt(specOf(object), 'schedule'),
  };
}
