import type { Fault } from '../core/finding.ts';
import { isSame, scalarText } from '../core/json.ts';
import { groupIn, groupOf, type KubeObject } from '../core/kube-object.ts';
import { nearest } from '../core/names.ts';
import { checkSchema, type SchemaError, type Validator, type Validators } from '../core/schema.ts';
import { CNPG } from './cnpg/group.ts';
import { ESO, GENERATORS } from './eso/group.ts';

type ProductName = 'cloudnativePg' | 'externalSecrets' | 'kubernetes';

/** A product whose version decides which fields its objects may have. */
export interface Product {
  readonly name: ProductName;
  readonly called: string;
  /** The name of its chart and its image, if it is an operator. */
  readonly operator?: string;
  /** The version that a version of its chart, without the patch, installs; absent: the same. */
  readonly charts?: Readonly<Record<string, string>>;
  readonly releases: readonly ProductRelease[];
  readonly hasGroup: (group: string) => boolean;
}

type Numbers = readonly [major: number, minor: number];

export interface ProductRelease {
  readonly name: string;
  /** Its major and minor number; of a family such as `2.x` those of the newest. */
  readonly at: Numbers;
  /** The file of `schemas/versions/` that says what is different in it; none: it has those of `schemas/`. */
  readonly schemas?: string;
  /** It may have unknown fields, so only those that seem misspelt are refused. */
  readonly isOpen?: true;
  /** The minor number of a family from which its own defaults hold. */
  readonly defaultsFrom?: number;
}

/** The versions of products that run: those of flags, or those that the manifests install. */
export type Versions = Readonly<Partial<Record<ProductName, ProductRelease>>>;

export const products: readonly Product[] = [
  {
    name: 'externalSecrets',
    called: 'External Secrets Operator',
    operator: 'external-secrets',
    releases: [
      { name: '2.x', at: [2, 14], schemas: 'external-secrets-2.x', isOpen: true, defaultsFrom: 9 },
      { name: '1.3', at: [1, 3] },
    ],
    hasGroup: group => group === ESO || group === GENERATORS,
  },
  {
    name: 'cloudnativePg',
    called: 'CloudNativePG',
    operator: 'cloudnative-pg',
    charts: { '0.29': '1.30', '0.28': '1.29' }, // docs/facts/cnpg.md#charts
    releases: [
      { name: '1.30', at: [1, 30] },
      { name: '1.29', at: [1, 29], schemas: 'cloudnative-pg-1.29' },
      { name: '1.28', at: [1, 28], schemas: 'cloudnative-pg-1.28' },
    ],
    hasGroup: group => group === CNPG,
  },
  {
    name: 'kubernetes',
    called: 'Kubernetes',
    releases: [
      { name: '1.36', at: [1, 36] },
      { name: '1.35', at: [1, 35], schemas: 'kubernetes-1.35' },
      { name: '1.34', at: [1, 34], schemas: 'kubernetes-1.34' },
    ],
    hasGroup: group => !group.includes('.') || group.endsWith('.k8s.io'),
  },
];

/** The product of an API group; undefined: its versions are not told apart. */
export function productOf(group: string): Product | undefined {
  return products.find(({ hasGroup }) => hasGroup(group));
}

/** The version of the schemas in `schemas/`, which is the default. */
export function usualRelease({ releases }: Product): ProductRelease | undefined {
  return releases.find(({ schemas }) => schemas === undefined);
}

/** The version that `1.30`, `v1.30.2`, `1.30.x` or the number 1.3 (YAML's 1.30) means; undefined: it is not known. */
export function releaseOf(product: Product, version: string | number): ProductRelease | undefined {
  const { releases } = product;
  const exact = releases.find(({ name }) =>
    typeof version === 'number' ? Number(name) === version : name === version,
  );
  if (exact !== undefined) return exact;
  const at = numbersIn(scalarText(version));
  const name = at?.join('.');
  const release = releases.find(each => each.name === name || each.name === `${at?.[0]}.x`);
  return release && at && { ...release, name: at.join('.'), at };
}

function numbersIn(version: string): Numbers | undefined {
  const [, major, minor] = /^v?(\d{1,4})\.(\d{1,4})(?:\.[-+.\w]*)?$/.exec(version) ?? [];
  return minor === undefined ? undefined : [Number(major), Number(minor)];
}

/** A version older than all known schemas: its kinds are known, and only misspelt fields of them are wrong. */
export function olderRelease({ releases }: Product, version: string): ProductRelease | undefined {
  const [at, oldest] = [numbersIn(version), releases.at(-1)?.at];
  return at !== undefined && oldest !== undefined && isBefore(at, oldest)
    ? { name: at.join('.'), at, isOpen: true }
    : undefined;
}

export function isBefore([major, minor]: Numbers, [otherMajor, otherMinor]: Numbers): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}

/** The version that decides about objects of this apiVersion, if it is given. */
export function releaseFor(versions: Versions, apiVersion: string): ProductRelease | undefined {
  const product = productOf(groupIn(apiVersion));
  return product === undefined ? undefined : versions[product.name];
}

/** Whether the defaults in the schemas of a version hold in it. */
export function hasOwnDefaults({ at: [, minor], defaultsFrom = 0 }: ProductRelease): boolean {
  return minor >= defaultsFrom;
}

/** Stands for the schemas in `schemas/` itself; no file has this name. */
const USUAL = 'usual';

export function validatorsOf(versions: Versions, validators: Validators): Validators {
  if (Object.keys(versions).length === 0) return validators;
  return (apiVersion, kind, version) => {
    const release = releaseFor(versions, apiVersion);
    const validator = validators(apiVersion, kind, version ?? release?.schemas);
    if (version !== undefined || release?.isOpen !== true) return validator;
    return validator && lenient(validator, validators(apiVersion, kind, USUAL) ?? validator);
  };
}

function lenient(validator: Validator, before: Validator): Validator {
  const open: Validator = object => {
    const isValid = validator(object);
    open.errors = isValid ? null : refused(validator.errors ?? [], object, before);
    return isValid || open.errors?.length === 0;
  };
  return open;
}

function refused(errors: readonly SchemaError[], object: unknown, before: Validator) {
  const doubtful = errors.filter(error => nameIn(error) !== undefined);
  if (doubtful.length === 0) return errors;
  const old = before(object) ? [] : (before.errors ?? []);
  const isNew = (error: SchemaError): boolean =>
    !isMisspelt(error) && old.some(former => isAbout(former, error));
  return errors.filter(error => !doubtful.includes(error) || !isNew(error));
}

function isAbout(former: SchemaError, error: SchemaError): boolean {
  const name = nameIn(former);
  if (name === undefined) return false;
  if (former.instancePath === error.instancePath) return name === nameIn(error);
  return `${error.instancePath}/`.startsWith(`${former.instancePath}/${name}/`);
}

function nameIn({ keyword, params, data }: SchemaError): string | undefined {
  if (keyword === 'additionalProperties') return String(params['additionalProperty']);
  return keyword === 'enum' ? String(data) : undefined;
}

function isMisspelt(error: SchemaError): boolean {
  const { keyword, params, parentSchema } = error;
  const fields = Object.keys(parentSchema?.['properties'] ?? {});
  const names: readonly unknown[] = keyword === 'enum' ? params['allowedValues'] : fields;
  return nearest(nameIn(error) ?? '', names.map(String)) !== undefined;
}

/** The version that accepts what the `running` one (default: `schemas/`) refuses: `CloudNativePG 1.30`, if any. */
export function takenBy(
  object: KubeObject,
  { path }: Pick<Fault, 'path'>,
  running: ProductRelease | undefined,
  validators: Validators,
): string | undefined {
  const product = productOf(groupOf(object));
  const others = product?.releases.filter(({ schemas }) => schemas !== running?.schemas) ?? [];
  const taking = others.find(({ schemas = USUAL }) => {
    const asThere: Validators = (apiVersion, kind) => validators(apiVersion, kind, schemas);
    return checkSchema(object, asThere).every(fault => !isSame(fault.path, path));
  });
  return taking === undefined ? undefined : `${product?.called} ${taking.name}`;
}
