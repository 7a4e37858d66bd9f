import type { IamFormatName } from '../../make/spec/spec.ts';
import type { IamSettings } from '../../operate/iam/settings.ts';
import type { Allowed } from '../kustomize/allowed.ts';

export interface IamOptions extends Allowed {
  readonly file: string;
  readonly paths: readonly string[];
  readonly format: 'text' | IamFormatName;
  readonly environment?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** What manifests do not say; a spec says it in `iam`. */
  readonly prefix?: string;
  readonly account?: string;
  readonly cluster?: string;
  readonly oidcProvider?: string;
  readonly trust?: IamSettings['trust'];
  readonly serviceAccount?: string;
  readonly kmsKey?: readonly string[];
}

/** Flags go before what a spec says. */
export function withFlags(settings: IamSettings, options: IamOptions): IamSettings {
  const { prefix, account, cluster, oidcProvider, trust, serviceAccount } = options;
  const [namespace, name] = serviceAccount?.split('/') ?? [];
  return {
    ...settings,
    ...(prefix !== undefined && { prefix }),
    ...(account !== undefined && { account }),
    ...(cluster !== undefined && { cluster }),
    ...(oidcProvider !== undefined && { oidcProvider }),
    ...(trust !== undefined && { trust }),
    ...(namespace !== undefined && name !== undefined && { controller: { namespace, name } }),
    keys: withKeys(settings.keys, options.kmsKey ?? []),
  };
}

/** `STORE=KEY`, or a key of all stores. */
function withKeys(known: IamSettings['keys'], given: readonly string[]): IamSettings['keys'] {
  const keys = new Map(known);
  for (const text of given) {
    const [store, key] = text.includes('=') ? text.split('=', 2) : ['', text];
    keys.set(store ?? '', [...(keys.get(store ?? '') ?? []), key ?? '']);
  }
  return keys;
}
