import type { Kind } from '../kind.ts';
import { clusterGenerator } from './cluster-generator.ts';
import { fakeGenerator } from './fake.ts';
import { GENERATORS, servedAlpha } from './group.ts';
import { passwordGenerator } from './password.ts';
import { sshKeyGenerator } from './ssh-key.ts';
import { uuidGenerator } from './uuid.ts';

/** Generators whose keys depend on where they ask. */
const OPEN =
  'ACRAccessToken ECRAuthorizationToken GCRAccessToken GithubAccessToken Grafana MFA QuayAccessToken STSSessionToken VaultDynamicSecret Webhook';

/** What an ExternalSecret's `generatorRef` may name. */
export const generators: readonly Kind[] = [
  clusterGenerator,
  fakeGenerator,
  passwordGenerator,
  sshKeyGenerator,
  uuidGenerator,
  ...OPEN.split(' ').map((kind): Kind => ({ group: GENERATORS, kind, served: servedAlpha })),
];

/** Whether a generator makes values; others fetch what is short-lived, such as registry tokens. */
export function isValueMaker(kind: string): boolean {
  return generatorKind(kind)?.generates !== undefined;
}

/** The kind of generator that a reference names; undefined: there is none. */
export function generatorKind(kind: string): Kind | undefined {
  return generators.find(known => known.kind === kind);
}
