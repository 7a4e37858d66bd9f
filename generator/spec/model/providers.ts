import { awsRegionHint, isAwsRegion } from '../../core/aws-regions.ts';
import { missing, type Path, type Report } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { PARAMETER_NAMES, parameterNameFault, SECURE_STRING } from '../../kinds/eso/stores.ts';
import type { StoreSpec } from '../spec.ts';

type AwsSpec = NonNullable<StoreSpec['aws']>;

const awsForm: ProviderForm<{ readonly aws?: AwsSpec }> = {
  called: 'AWS',
  resolve: ({ aws = {} }, place) => settings(aws, place),

  remoteKey: ({ aws }, key) => {
    const { prefix = '' } = aws ?? {};
    return prefix === '' || key.startsWith('/') ? key : `${prefix.replace(/\/$/, '')}/${key}`;
  },

  /** Without this the parameter would be clear text. */
  pushMetadata: ({ aws }) => (aws?.service === 'ParameterStore' ? SECURE_STRING : undefined),

  checkKey: ({ aws }, key, path, report) => {
    const wrong = aws?.service === 'ParameterStore' ? parameterNameFault(key) : undefined;
    if (wrong === undefined) return;
    const message = `"${key}" is not a legal parameter name: ${wrong}`;
    report({ id: 'illegal-parameter-name', message, hint: PARAMETER_NAMES, path });
  },
};

function settings(
  { service, region, serviceAccount, role }: AwsSpec,
  { path, home, report }: StorePlace,
): JsonObject {
  if (service === undefined) report(missing('service', path, 'service: ParameterStore'));
  if (region === undefined) report(missing('region', path, 'region: us-east-1'));
  else if (!isUnresolved(region) && !isAwsRegion(region)) {
    const message = `AWS has no region "${region}"`;
    const hint = awsRegionHint(region);
    report({ id: 'unknown-region', message, hint, path: [...path, 'region'] });
  }
  const account = serviceAccount && irsaAccount(serviceAccount, home, path, report);
  return {
    service: service ?? '',
    region: region ?? '',
    ...(role !== undefined && { role }),
    ...(account !== undefined && { auth: { jwt: { serviceAccountRef: account } } }),
  };
}

type ServiceAccount = NonNullable<AwsSpec['serviceAccount']>;

/** In a ClusterSecretStore every reference names its namespace; a SecretStore has its own only. */
function irsaAccount(
  { name, namespace }: ServiceAccount,
  home: string | undefined,
  store: Path,
  report: Report,
): JsonObject {
  const path = [...store, 'serviceAccount'];
  if (name === undefined) report(missing('name', path, 'name: external-secrets'));
  if (home === undefined && namespace === undefined) {
    report(missing('namespace', path, 'namespace: external-secrets'));
  }
  if (home !== undefined && namespace !== undefined && namespace !== home) {
    const message = `a SecretStore takes its ServiceAccount from its own namespace "${home}" only`;
    const hint = 'Leave the namespace out, or make it a ClusterSecretStore.';
    report({ id: 'remote-namespace', message, hint, path: [...path, 'namespace'] });
  }
  return { name: name ?? '', ...(home === undefined && { namespace: namespace ?? '' }) };
}

/** The short forms of a store, by ESO's names for the providers. */
export type ShortForms = Pick<StoreSpec, 'aws'>;

const PROVIDERS: Readonly<Record<keyof ShortForms, ProviderForm<ShortForms>>> = { aws: awsForm };

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as readonly (keyof ShortForms)[];

/** The short form that a store has. */
export function shortForm(
  store: ShortForms,
): (ProviderForm<ShortForms> & { readonly name: keyof ShortForms }) | undefined {
  const name = PROVIDER_NAMES.find(field => store[field] !== undefined);
  return name && { name, ...PROVIDERS[name] };
}

interface ProviderForm<Store> {
  readonly called: string;
  readonly resolve: (store: Store, place: StorePlace) => JsonObject;
  /** A remote key as the store knows it; absent: as it is written. */
  readonly remoteKey?: (store: Store, key: string) => string;
  /** The metadata of an entry that is pushed into the store; absent: none. */
  readonly pushMetadata?: (store: Store) => JsonObject | undefined;
  readonly checkKey?: (store: Store, key: string, path: Path, report: Report) => void;
}

interface StorePlace {
  readonly path: Path;
  /** The namespace of a SecretStore; a ClusterSecretStore has none, and its references name theirs. */
  readonly home: string | undefined;
  readonly report: Report;
}
