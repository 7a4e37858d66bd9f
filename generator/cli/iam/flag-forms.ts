import type { ServiceAccountName } from '../../operate/iam/settings.ts';
import { wrongUsage } from '../usage.ts';

/** A key of KMS, for one store or for all. */
export interface KeyFlag {
  readonly store?: string;
  readonly key: string;
}

interface TextForm {
  readonly flag: string;
  readonly pattern: RegExp;
  readonly takes: string;
}

/** Flags that are taken as they stand: what `iam` of a spec may say. */
export const TEXTS: Readonly<Record<'account' | 'cluster' | 'oidcProvider' | 'prefix', TextForm>> =
  {
    account: { flag: '--account', pattern: /^[0-9]{12}$/, takes: 'a number of twelve digits' },
    cluster: {
      flag: '--cluster',
      pattern: /^[0-9A-Za-z][-_A-Za-z0-9]{0,99}$/,
      takes: 'the name of a cluster of EKS',
    },
    oidcProvider: {
      flag: '--oidc-provider',
      pattern: /^(?!https?:)[-.a-zA-Z0-9]+(\/[-._a-zA-Z0-9]+)*$/,
      takes: 'a host with its path, without https://',
    },
    prefix: {
      flag: '--prefix',
      pattern: /^[\w+=,.@-]{1,64}$/,
      takes: 'letters, digits and +=,.@_-',
    },
  };

export const KEY: RegExp = /^[-_a-zA-Z0-9:/]+$/;

/** What reads one of them. */
export function textFlag(name: keyof typeof TEXTS): (value: string) => string {
  const { flag, pattern, takes } = TEXTS[name];
  return value => (pattern.test(value) ? value : refuse(flag, takes, value));
}

/** Reads `NAMESPACE/NAME`. */
export function accountFlag(value: string): ServiceAccountName {
  const [, namespace, name] = /^([-a-z0-9]+)\/([-.a-z0-9]+)$/.exec(value) ?? [];
  return namespace === undefined || name === undefined
    ? refuse('--service-account', 'NAMESPACE/NAME', value)
    : { namespace, name };
}

/** Reads `[STORE=]KEY`, which may come several times. */
export function keyFlag(value: string, before: readonly KeyFlag[] = []): readonly KeyFlag[] {
  const [, store, key = ''] = /^(?:([^=]+)=)?([^=]*)$/.exec(value) ?? [];
  if (!KEY.test(key))
    return refuse('--kms-key', '[STORE=]KEY, with an ARN, an ID or an alias', value);
  return [...before, store === undefined ? { key } : { store, key }];
}

function refuse(flag: string, takes: string, value: string): never {
  return wrongUsage(`${flag} takes ${takes}, not ${JSON.stringify(value)}`);
}
