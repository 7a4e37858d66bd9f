import { Timestamp } from '../json.ts';
import type { SchemaError } from './schema-error.ts';

/** What a pattern of the spec's schema asks for. A test holds the list against the schema. */
export const PATTERNS: ReadonlyMap<string, string> = new Map([
  ['^[0-9]{12}$', 'the twelve digits of an AWS account, in quotes'],
  ['^[0-9A-Za-z][-_A-Za-z0-9]{0,99}$', 'the name of an EKS cluster, at most 100 characters'],
  [
    '^(?!https?:)[-.a-zA-Z0-9]+(/[-._a-zA-Z0-9]+)*$',
    'an OIDC provider without https://, such as oidc.eks.us-east-1.amazonaws.com/id/ABC',
  ],
  [
    '^(?!/)(?![.]?/*$)(?!.*[*?\\\\])(?!(.*/)?[.][.](/|$)).+$',
    'the path of a folder or a file below this one, without "..", "*" and "?"',
  ],
  [
    '^(ClusterSecretStore/[^/]+|SecretStore/[^/]+/[^/]+)$',
    'a store, as ClusterSecretStore/name or SecretStore/namespace/name',
  ],
  ['^[-_a-zA-Z0-9:/]+$', 'the ARN, the ID or the alias of a key'],
  [
    '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
  ],
  [
    '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
    'lower-case letters, digits, "-" and ".", with a letter or digit at both ends',
  ],
  [
    '^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$',
    'at most 63 lower-case letters, digits and "-", beginning with a letter',
  ],
  [
    '^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$',
    'at most 50 lower-case letters, digits and "-", beginning with a letter (CNPG)',
  ],
  [
    '^(?!\\.\\.?$|\\.\\.)[-._a-zA-Z0-9]+$',
    'letters, digits, "-", "_" and ".", not only or first dots',
  ],
  ['^(?!/)(?!(.*/)?\\.\\.(/|$)).+$', 'a path inside the directory'],
  [
    '^(?=.*[a-z0-9])[-a-z0-9*]{1,63}$',
    'lower-case letters, digits and "-", with "*" for any of them, but not alone',
  ],
  ['^[-a-z0-9*]{1,63}$', 'lower-case letters, digits and "-", with "*" for any of them'],
  ['^([1-9][0-9]?|100)%$', 'a part such as 25%, or a number'],
  [
    '^(?!/)(?!(.*/)?\\.\\.(/|$))[^*]*\\*[^*]*$',
    'a path inside the directory with one "*" for the name, such as tenants/*.yaml',
  ],
  ['^[0-9]+(\\.[0-9]+)?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$', 'a quantity such as 10Gi or 250m'],
  ['^[0-9]+\\.[0-9]+\\.[0-9]+$', 'a version such as "1.30.0"'],
  ['^[a-z]{2}(-[a-z]+)+-[0-9]+$', 'an AWS region such as us-east-1'],
  ['^https://', 'a URL that begins with https://'],
  ['^https?://[-.:/_a-zA-Z0-9]+$', 'a URL such as https://storage.example.com'],
  ['^[a-z0-9]+://', 'a URL such as s3://bucket/path'],
  [
    '^(@[a-z]+( .+)?|\\S+( \\S+){5})$',
    'a schedule of six fields, seconds first, such as "0 0 3 * * *"',
  ],
  ['^(@[a-z]+|\\S+( \\S+){4})$', 'a schedule of five fields such as "0 4 * * *"'],
  [
    '^[A-Za-z][A-Za-z0-9]*(\\.[-a-z0-9.]+)?$',
    'Kind.group, such as Prometheus.monitoring.coreos.com',
  ],
  [
    '^[A-Za-z][A-Za-z0-9_-]*(\\[\\*\\])?(\\.[A-Za-z][A-Za-z0-9_-]*(\\[\\*\\])?)*$',
    'names of fields with dots between them, such as spec.containers[*]',
  ],
  ['^[1-9][0-9]*[dwm]$', 'a number of days, weeks or months such as 30d'],
  [
    '^(0|([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$',
    'a Go duration such as 5m or 1h30m (there is no unit for days)',
  ],
  ['^([0-9]+(ms|s|m|h))+$', 'a duration such as 10m or 1h30m (there is no unit for days)'],
  [
    '^(https?://|ssh://)[-_.~:/@%+a-zA-Z0-9]+$',
    'a URL such as https://git.example.com/platform/shop.git or ssh://git@git.example.com/platform/shop.git',
  ],
  ['^[a-z][a-z0-9+.-]*$', 'a URL scheme such as postgresql'],
  ['^/', 'a path that begins with /'],
  [
    '^(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$',
    'a port name: at most 15 lower-case letters, digits and single "-", with a letter',
  ],
  [
    '^(https?://|ssh://|[-_.a-zA-Z0-9]+@)[-_.~:/@%+a-zA-Z0-9]+$',
    'a Git URL such as https://git.example.com/platform/shop.git',
  ],
  [
    '^(?!default$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    'at most 63 lower-case letters, digits and "-", and not "default", which is Argo CD\'s own',
  ],
  [
    '^[a-zA-Z0-9][-_.:/@a-zA-Z0-9]*$',
    'the name that a cluster has in Argo CD, or the URL of its API server',
  ],
  ['^v?[0-9]+\\.[0-9]+\\.[0-9]+([-+][-+.a-zA-Z0-9]+)?$', 'one version of a chart, such as 0.29.0'],
  [
    '^[-._a-zA-Z][-._a-zA-Z0-9]*$',
    'a variable name: letters, digits, "_", "-" and ".", not beginning with a digit',
  ],
]);

/** What a schema's keyword asks for. */
export function expectation({ keyword, params, message }: SchemaError): string {
  const limit = params['limit'];
  switch (keyword) {
    case 'pattern':
      return PATTERNS.get(String(params['pattern'])) ?? `text that matches ${params['pattern']}`;
    case 'minimum':
      return `a number that is at least ${limit}`;
    case 'maximum':
      return `a number that is at most ${limit}`;
    case 'minLength':
      return limit === 1 ? 'some text' : `at least ${limit} characters`;
    case 'maxLength':
      return `at most ${limit} characters`;
    case 'minItems':
      return limit === 1 ? 'at least one item' : `at least ${limit} items`;
    default:
      return `a value that ${message ?? 'fits the schema'}`;
  }
}

/** A type of the schema. */
export function typeName(type: unknown): string {
  return TYPES.get(type) ?? 'text';
}

const TYPES: ReadonlyMap<unknown, string> = new Map([
  ['object', 'a map'],
  ['array', 'a list'],
  ['integer', 'a whole number'],
  ['number', 'a number'],
  ['boolean', 'true or false'],
]);

/** What a value is, without its content. */
export function nounFor(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Timestamp) return 'a date';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string'
    ? 'text'
    : typeof value === 'number'
      ? 'a number'
      : 'true or false';
}
