import type { IamSettings } from '../../operate/iam/settings.ts';
import type { Allowed } from '../../read/kustomize/allowed.ts';

export interface IamFlags extends Allowed {
  readonly paths: readonly string[];
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
export function withFlags(settings: IamSettings, flags: IamFlags): IamSettings {
  const { prefix, account, cluster, oidcProvider, trust, serviceAccount } = flags;
  const [namespace, name] = serviceAccount?.split('/') ?? [];
  return {
    ...settings,
    ...(prefix !== undefined && { prefix }),
    ...(account !== undefined && { account }),
    ...(cluster !== undefined && { cluster }),
    ...(oidcProvider !== undefined && { oidcProvider }),
    ...(trust !== undefined && { trust }),
    ...(namespace !== undefined && name !== undefined && { controller: { namespace, name } }),
    keys: withKeys(settings.keys, flags.kmsKey ?? []),
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
