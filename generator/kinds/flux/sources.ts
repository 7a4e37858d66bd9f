import type { Path } from '../../core/finding.ts';
import { listAt, scalarText, textAt, textsUnder } from '../../core/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { referenceReaders, specFields } from '../secret-refs.ts';

export const FLUX_KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';
export const FLUX_OPERATOR = 'fluxcd.controlplane.io';
export const SOURCES = 'source.toolkit.fluxcd.io';

/** Flux's source-watcher, which makes sources of others. */
export const FLUX_EXTENSIONS = 'source.extensions.fluxcd.io';

/** Where a source is, and which part and which revision of it is taken. */
const SOURCE_FIELDS = ['url', 'endpoint', 'bucketName', 'ref.*', 'sparseCheckout', 'ignore'].map(
  field => `spec.${field}`,
);

const NOTIFICATION = 'notification.toolkit.fluxcd.io';

/** Whom Flux calls, and who calls it, with a token (docs/facts/flux.md#notifications). */
export const fluxNotification: readonly Kind[] = [
  { group: NOTIFICATION, kind: 'Receiver', reads: specFields('ref', { secretRef: ['token'] }) },
  ...referenceReaders(NOTIFICATION, 'Alert Provider'),
];

/** A source cannot hold the login to itself: `flux bootstrap` or `flux create secret` makes it. */
const login = specFields('ref', { secretRef: [] });

/** What Flux reads, and the logins to it (docs/facts/flux.md#sources). */
export const fluxSources: readonly Kind[] = [
  ...referenceReaders(SOURCES, 'Bucket GitRepository HelmRepository', {
    secrets: { byHand: login },
    changes: { origins },
    fields: { shows: SOURCE_FIELDS },
  }),
  ...referenceReaders('image.toolkit.fluxcd.io', 'ImageRepository', { secrets: { byHand: login } }),
];

export interface KnownContent {
  /** Where its objects are, if nobody puts them elsewhere. */
  readonly namespace?: string;
  readonly mayMake: (name: string) => boolean;
}

const CONTROLLERS =
  /^((source|kustomize|helm|notification|image-reflector|image-automation)-controller|source-watcher|webhook-receiver)$/;

/** A folder or file with this path has definitions of kinds and nothing else. */
export const DEFINITIONS: RegExp = /(?:^|[/_.-])crds?(?:[/_.?-]|$)/i;

/** The `mayMake` of what makes no object that is referred to by name. */
export function nothingNamed(): boolean {
  return false;
}

/** What a folder of a source holds (docs/facts/flux.md#instances): Flux itself, or definitions; undefined: not known. */
export function knownContent(url: string | undefined, path: string): KnownContent | undefined {
  if (url?.endsWith('/flux-manifests') === true)
    return { namespace: 'flux-system', mayMake: name => CONTROLLERS.test(name) };
  return DEFINITIONS.test(path) ? { mayMake: nothingNamed } : undefined;
}

function origins(): Path[] {
  const fields = ['url', 'ref', 'type', 'endpoint', 'bucketName', 'prefix', 'layerSelector'];
  return fields.map(field => ['spec', field]);
}

/** How the files of a source differ from those of its repository (docs/facts/flux.md#what-a-source-has). */
export interface SourceCut {
  /** Patterns of files that are left out. */
  readonly ignore?: string | undefined;
  /** The folders of which files are taken; none: of all. */
  readonly directories: readonly string[];
  /** The folders into which other sources are copied, and what of these. */
  readonly includes: readonly { readonly to: string; readonly from: string }[];
}

/** The same of an object that is a source. */
export function sourceCutOf(object: PlacedObject): SourceCut {
  const spec = specOf(object);
  return {
    ignore: textAt(spec, 'ignore'),
    directories: listAt(spec, 'sparseCheckout').map(scalarText),
    includes: listAt(spec, 'include').map(entry => {
      const name = textAt(entry, 'repository', 'name') ?? '';
      const [to, from = ''] = textsUnder(entry, 'toPath', 'fromPath');
      return { to: to || name, from: `${name}/${from}` };
    }),
  };
}

export const ociRepository: Kind = {
  group: SOURCES,
  kind: 'OCIRepository',
  fields: { hosts: 'none', shows: SOURCE_FIELDS },
  changes: { origins },
  secrets: { isOrderFree: true, byHand: login },
  reads: specFields('ref', { secretRef: [], certSecretRef: [], proxySecretRef: [] }),
};
