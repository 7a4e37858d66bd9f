import { isMap, listAt, mapAt, scalarText, textAt, textsUnder } from '../../core/json.ts';
import { type Find, type Kind, kindsOf, type PlacedObject, specOf } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';
import type { AwsSource } from './stores.ts';

export const clusterGenerator: Kind = {
  group: GENERATORS,
  kind: 'ClusterGenerator',
  isOfCluster: true,
  served: servedAlpha,
  fields: { secretNames: ['fakeSpec'] },
};

export const passwordGenerator: Kind = {
  group: GENERATORS,
  kind: 'Password',
  served: servedAlpha,
  secrets: {
    generatedKeys: spec =>
      Array.isArray(spec['secretKeys']) ? listAt(spec, 'secretKeys').map(scalarText) : ['password'],
    /** A quarter of its characters are symbols unless it says otherwise. */
    mayHoldSymbols: object => {
      const symbols = textAt(specOf(object), 'symbolCharacters') ?? '/@:';
      return specOf(object)['symbols'] !== 0 && /[^\w.~-]/.test(symbols);
    },
  },
};

/** Generators whose keys depend on where they ask. */
const OPEN =
  'ACRAccessToken ECRAuthorizationToken GCRAccessToken GithubAccessToken Grafana MFA QuayAccessToken STSSessionToken VaultDynamicSecret Webhook';

/** What an ExternalSecret's `generatorRef` may name. */
export const generators: readonly Kind[] = [
  clusterGenerator,
  passwordGenerator,
  ...generatorsOf('Fake', {
    fields: { contentAt: ([field]) => (field === 'spec' ? 'secret' : undefined) },
  }),
  ...generatorsOf('SSHKey', { secrets: { generatedKeys: () => ['privateKey', 'publicKey'] } }),
  ...generatorsOf('UUID', { secrets: { generatedKeys: () => ['uuid'] } }),
  ...generatorsOf(OPEN),
];

function generatorsOf(kinds: string, facts: Partial<Kind> = {}): Kind[] {
  return kindsOf(GENERATORS, kinds, { served: servedAlpha, ...facts });
}

export type GeneratorRef = Readonly<Record<'kind' | 'name', string>>;

/** What the `generatorRef` of a map names. */
export function generatorIn(map: unknown): GeneratorRef | undefined {
  const { generatorRef } = mapAt(map);
  const [kind = '', name = ''] = textsUnder(generatorRef, 'kind', 'name');
  return isMap(generatorRef) ? { kind, name } : undefined;
}

/** The generator that a reference in a namespace means. */
export function generatorOf(
  find: Find,
  { kind, name }: GeneratorRef,
  namespace: string,
): PlacedObject | undefined {
  const knownKind = generatorKind(kind);
  return knownKind && find(knownKind, knownKind.isOfCluster ? '' : namespace, name);
}

/** Whether a generator makes values; others fetch what is short-lived, such as registry tokens. */
export function isValueMaker(kind: string): boolean {
  return generatorKind(kind)?.secrets?.generatedKeys !== undefined;
}

/** The kind of generator that a reference names; undefined: there is none. */
export function generatorKind(kind: string): Kind | undefined {
  return generators.find(generator => generator.kind === kind);
}

/** The path of the settings of a generator of this kind, in a ClusterGenerator under `inCluster`; undefined: it is another. */
export function settingsPath(
  { group, kind, json }: PlacedObject,
  meant: string,
  inCluster: string,
): string[] | undefined {
  if (group !== GENERATORS) return undefined;
  if (kind === meant) return ['spec'];
  const isOfKind = kind === clusterGenerator.kind && textAt(json, 'spec', 'kind') === meant;
  return isOfKind ? ['spec', 'generator', inCluster] : undefined;
}

/** A generator of registry logins, as what ESO logs in to AWS for (docs/facts/eso.md#generators-of-aws). */
export function registryLogin(object: PlacedObject): AwsSource | undefined {
  const path = settingsPath(object, 'ECRAuthorizationToken', 'ecrAuthorizationTokenSpec');
  if (path === undefined) return undefined;
  const settings = mapAt(object.json, ...path);
  const isPublic = settings['scope'] === 'public';
  const service = isPublic ? 'PublicContainerRegistry' : 'ContainerRegistry';
  return { object, path, settings, service, region: textAt(settings, 'region') ?? '' };
}

/** Who asks STS for a session: only the user whose access keys it has can (docs/facts/aws.md#session-tokens). */
export function sessionLogin(object: PlacedObject): 'user' | 'role' | undefined {
  const path = settingsPath(object, 'STSSessionToken', 'stsSessionTokenSpec');
  if (path === undefined) return undefined;
  const { auth, role } = mapAt(object.json, ...path);
  return isMap(mapAt(auth)['secretRef']) && role === undefined ? 'user' : 'role';
}
