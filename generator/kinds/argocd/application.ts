import { commaParts, type Json, listAt, textAt } from '../../core/json.ts';
import type { InstalledRelease } from '../facets.ts';
import type { Release } from '../helm/release.ts';
import { chartValues, valuesOfCharts } from '../helm/values.ts';
import {
  annotationOf,
  type Kind,
  type Made,
  namedAfter,
  type PlacedObject,
  specOf,
} from '../kind.ts';
import {
  appliedByApplication,
  folderReleases,
  helmReleases,
  originsOfApplication,
  valueFiles,
} from './applied.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: {
    folders: appliedByApplication,
    needsRepository: true,
    valueFiles: object => valueFiles(specOf(object)),
    ...valuesOfCharts(releasesOf),
    localReleases: object => folderReleases({ object, name: object.name, path: ['spec'] }),
    releases: object => releasesOf(object).flatMap(installedBy),
  },
  changes: { origins: object => originsOfApplication(object, []) },
  /** Hosts in its values are looked for in the objects that Helm makes of them. */
  fields: { hosts: 'none', shows: applicationFields('spec') },
};

function releasesOf(object: PlacedObject): ReturnType<typeof helmReleases> {
  return helmReleases({ object, name: object.name, path: ['spec'] });
}

/** Charts name their objects after the release, so a new name makes new objects. */
function installedBy({ chart, name, namespace }: Release): InstalledRelease[] {
  if (chart === undefined) return [];
  return [
    {
      id: chart,
      parts: [
        { what: 'release name', value: name, path: ['spec', 'source', 'helm', 'releaseName'] },
        { what: 'namespace', value: namespace, path: ['spec', 'destination', 'namespace'] },
      ],
    },
  ];
}

/** The finalizer that an ApplicationSet gives its Applications if its template has none. */
export const USUAL_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** The three forms of the finalizer (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/** The finalizer by which all that an object manages goes with it (argo-cd 3.5, docs/user-guide/app_deletion.md). */
export function cascadeFinalizer(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}

/** The annotation with the sync options of an object. */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** The options for whether Argo CD may delete an object, and whether it has to ask first. */
export type SyncOption = 'Prune' | 'Delete';

/** Whether an object stays when it is removed from Git, whatever its Application says. */
export function isGuarded(object: PlacedObject): boolean {
  return ownOption(object, 'Prune') === 'false';
}

/** The value of one of an object's own sync options. */
export function ownOption(object: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(syncOptionsOf(object), name);
}

/** The sync options of an object. */
export function syncOptionsOf(object: PlacedObject): string[] {
  return commaParts(annotationOf(object, SYNC_OPTIONS) ?? '');
}

/** The value of one option in a list: the first one counts. */
export function optionIn(options: readonly unknown[], name: SyncOption): string | undefined {
  const found = options.find(option => typeof option === 'string' && option.startsWith(`${name}=`));
  return found === undefined ? undefined : String(found).slice(name.length + 1);
}

const SETTINGS = 'argocd-cm';

const SHARED = { isInternal: true, isShared: true } as const;

/** The Secrets that Argo CD or its installation makes. */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];

/** The Secret that Argo CD writes to while it runs, and a key that it needs. */
export const ARGOCD_OWN = { secret: 'argocd-secret', key: 'server.secretkey' } as const;

/** Whether Argo CD runs in the namespace of this object, which is one of its settings, a project or its chart. */
export function isWithArgo({ group, kind, name, json }: PlacedObject): boolean {
  if (group === ARGOCD) return kind === 'AppProject';
  if (group === '') return kind === 'ConfigMap' && name === SETTINGS;
  return json['chart'] === 'argo-cd' && kind === chartValues.kind;
}

/** What Argo CD makes where its settings are (docs/facts/argocd.md#own-secrets). */
export function argoSecrets({ json, name }: PlacedObject): Made[] {
  const isPart = textAt(json, 'metadata', 'labels', 'app.kubernetes.io/part-of') === 'argocd';
  if (name !== SETTINGS && !isPart) return [];
  return [
    namedAfter(ARGOCD_OWN.secret, ['admin.password', ARGOCD_OWN.key], { ...SHARED, isOpen: true }),
    namedAfter('argocd-initial-admin-secret', ['password'], SHARED),
    namedAfter('argocd-redis', ['auth'], SHARED),
  ];
}

/** What an Application deploys and where, at this path: without the values of its chart. */
export function applicationFields(place: string): string[] {
  const sources = ['source', 'sources'].flatMap(source =>
    ['repoURL', 'ref', 'helm.releaseName', 'helm.valueFiles', 'directory.*'].map(
      field => `${source}.${field}`,
    ),
  );
  const fields = [...sources, 'project', 'destination.*', 'syncPolicy.syncOptions'];
  return fields.map(field => `${place}.${field}`);
}

/** What an Application of a cluster says of its work (docs/facts/argocd.md#status). */
interface ApplicationStatus {
  /** `OutOfSync`; empty: the controller has not looked at it. */
  readonly sync: string;
  /** Why nothing is compared or applied, in the words of Argo CD. */
  readonly errors: readonly string[];
}

export function applicationStatus({ json }: PlacedObject): ApplicationStatus {
  const conditions = listAt(json, 'status', 'conditions').flatMap(entry => {
    const [type = '', message = ''] = ['type', 'message'].map(field => textAt(entry, field));
    return type.endsWith('Error') ? `${type}: ${message}` : [];
  });
  const [phase = '', failure = ''] = ['phase', 'message'].map(field =>
    textAt(json, 'status', 'operationState', field),
  );
  const isFailed = ['Error', 'Failed'].includes(phase) && conditions.length === 0;
  return {
    sync: textAt(json, 'status', 'sync', 'status') ?? '',
    errors: isFailed ? [`the last sync has the phase ${phase}: ${failure}`] : conditions,
  };
}

/** Whether an Application has an object among those that it applies, and the cluster has another or none. */
export function isBehind(
  { json }: PlacedObject,
  { group, kind, namespace, name }: PlacedObject,
): boolean {
  return listAt(json, 'status', 'resources').some(
    entry =>
      textAt(entry, 'kind') === kind &&
      textAt(entry, 'name') === name &&
      (textAt(entry, 'group') ?? '') === group &&
      (textAt(entry, 'namespace') ?? '') === namespace &&
      textAt(entry, 'status') !== 'Synced',
  );
}
