import { oncePerText } from '../../../ground/once-per.ts';

/** What is below only names things. */
const REFERENCES =
  /(Ref|Refs|Selector|Selectors)$|^(valueFrom|envFrom|valuesFrom|imagePullSecrets|serviceAccountToken|secretObjects|secretKeys)$/;

/** The name of a Secret, or of a key in one. */
const SECRET_NAMES =
  /^(existing[A-Z]\w{0,60}|\w{0,60}[sS]ecretName|\w{0,60}[sS]ecretRef|secretStore)$/;

/** `ownerSecret`, `serverTLSSecret`: a Secret that is named after what it is for. */
const OF_SECRET =
  /^(secrets?|(config|vars|env|owner|superuser|tls|ca|cert|certificate|pull|password|credentials?|keystore|truststore|backup|external|target|source|bootstrap|login|image\w{0,20}|\w{1,30}(TLS|CA|Tls|Config|Vars|Credentials?|Pull|Cert))Secrets?)$/;

/**
 * Whether a field names something, and all that is below it. `isFree`: it is among a user's own
 * settings, in which a field named `secret` holds one.
 */
export function isReference(field: string, isFree: boolean): boolean {
  return namesSomething(field) || (namesSecret(field) && !(isFree && /^secrets?$/.test(field)));
}

const namesSomething = oncePerText(
  (field: string) => REFERENCES.test(field) || SECRET_NAMES.test(field),
);
const namesSecret = oncePerText((field: string) => OF_SECRET.test(field));

/** Annotations that name a Secret, or a place in Vault: `nginx.ingress.kubernetes.io/auth-secret`. */
export function isReferenceAnnotation(name: string): boolean {
  return (
    /secrets?$|secret-name(space)?$/i.test(name) ||
    /^vault\.\w{1,30}\.com\/agent-inject-/.test(name)
  );
}

/** Fields below which values are a user's own: settings of charts, variables, texts. */
const FREE = new Set(['valuesObject', 'values', 'env', 'parameters', 'substitute', 'config']);

/** Whether what is below a field is a user's own. */
export function isFreeField(field: string): boolean {
  return FREE.has(field);
}

/** Maps whose values are secrets, by names of their own: `passwords: { alice: … }`. */
export function holdsSecrets(field: string, isFree: boolean): boolean {
  return (
    /(passwords|passwds|tokens|credentials|creds|api_?keys|pins)$/i.test(field) ||
    (isFree &&
      /^((app|env|extra|global|chart|user|server)_?)?secrets?(data|env|values)?$/i.test(field))
  );
}

/** What stands beside the secret in such a map. */
const BESIDE = new Set(
  (
    'name namespace kind type user username login email host hostname port url uri endpoint region role ' +
    'enabled enable create path key property field source provider method audience scope labels annotations id database'
  ).split(' '),
);

/** Whether a field of a map of secrets is none. */
export function isBeside(field: string): boolean {
  return BESIDE.has(field) || /(Key|Ref|Name|Secret|File|Path)$/.test(field);
}
