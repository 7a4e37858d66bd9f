import { type Json, listAt, textAt } from '../../core/json.ts';
import type { Installed } from '../deployment-ends.ts';
import { type Release, unrendered } from '../helm/release.ts';
import { chartValues, releaseObjects, releaseUnknowns } from '../helm/values.ts';
import {
  annotationOf,
  type Kind,
  type Made,
  namedAfter,
  type PlacedObject,
  specOf,
} from '../kind.ts';
import { appliedByApplication } from './applied.ts';
import { folderReleases, helmReleases, valueFiles } from './helm-releases.ts';

const SETTINGS = 'argocd-cm';

const SHARED = { isInternal: true, isShared: true } as const;

/** The Secrets that Argo CD's installation and Argo CD itself make, wherever it is. */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];

/** The one that Argo CD writes to while it runs, and a key that it cannot do without. */
export const ARGOCD_OWN = { secret: 'argocd-secret', key: 'server.secretkey' } as const;

/** Whether Argo CD runs in the namespace of an object: its settings, projects and chart are nowhere else. */
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

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: {
    folders: appliedByApplication,
    valueFiles: object => valueFiles(specOf(object)),
    objects: object => unrendered(object, releasesOf(object)).flatMap(releaseObjects),
    unknowns: object => unrendered(object, releasesOf(object)).flatMap(releaseUnknowns),
    localReleases: object => folderReleases({ object, name: object.name, path: ['spec'] }),
    releases: object => releasesOf(object).flatMap(installedBy),
  },
  /** Those in its values are hosts of what comes of them. */
  fields: { hosts: 'none' },
};

function releasesOf(object: PlacedObject): ReturnType<typeof helmReleases> {
  return helmReleases({ object, name: object.name, path: ['spec'] });
}

/** The objects of a chart have the name of the release in theirs: of another they are others. */
function installedBy({ chart, name, namespace }: Release): Installed[] {
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

/** The finalizer, in its three forms (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/** The one that an ApplicationSet gives its Applications where its template has none. */
export const USUAL_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/**
 * The finalizer with which the deletion of an object deletes all that it manages; undefined: what it
 * manages is left running (argo-cd 3.5, docs/user-guide/app_deletion.md).
 */
export function cascadeFinalizer(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}

/** How Argo CD treats an object. */
export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** Options that say whether Argo CD may delete something, and whether it has to ask. */
export type SyncOption = 'Prune' | 'Delete';

/** The options in the text of that annotation. */
export function syncOptionsIn(text: string | undefined): string[] {
  const options = (text ?? '').split(',').map(option => option.trim());
  return options.filter(option => option !== '');
}

/** The sync options of an object's own. */
export function syncOptionsOf(object: PlacedObject): string[] {
  return syncOptionsIn(annotationOf(object, SYNC_OPTIONS));
}

/** What those say of one. */
export function ownOption(object: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(syncOptionsOf(object), name);
}

/** What a list of options says of one: the first that is given counts. */
export function optionIn(options: readonly unknown[], name: SyncOption): string | undefined {
  const found = options.find(option => typeof option === 'string' && option.startsWith(`${name}=`));
  return found === undefined ? undefined : String(found).slice(name.length + 1);
}

/** Whether an object stays when Git no longer has it, whatever its Application does. */
export function isGuarded(object: PlacedObject): boolean {
  return ownOption(object, 'Prune') === 'false';
}
