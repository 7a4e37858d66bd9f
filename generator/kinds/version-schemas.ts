import type { Fault } from '../ground/finding.ts';
import { groupOf, type KubeObject } from '../ground/kube-object.ts';
import { isSame } from '../ground/same.ts';
import {
  checkSchema,
  type SchemaError,
  type Validator,
  type Validators,
} from '../ground/schema/schema-check.ts';
import { nearest } from '../ground/suggest.ts';
import { productOf, type Release, type Versions } from './products.ts';

/** The schemas of kinds as they are in some versions of the products. */
export function validatorsOf(versions: Versions, validators: Validators): Validators {
  if (Object.keys(versions).length === 0) return validators;
  return (apiVersion, kind, version) => {
    const release = releaseFor(versions, apiVersion);
    const validator = validators(apiVersion, kind, version ?? release?.schemas);
    const isOpen = version === undefined && release?.isOpen === true;
    return isOpen && validator !== undefined ? lenient(validator) : validator;
  };
}

/** Lets fields through that the schema does not know, but for those that are nearly one it knows. */
function lenient(validator: Validator): Validator {
  const open: Validator = object => {
    const isValid = validator(object);
    open.errors = isValid ? null : (validator.errors ?? []).filter(isNoNewField);
    return isValid || open.errors?.length === 0;
  };
  return open;
}

function isNoNewField({ keyword, params, parentSchema }: SchemaError): boolean {
  if (keyword !== 'additionalProperties') return true;
  const known = Object.keys(parentSchema?.['properties'] ?? {});
  return nearest(String(params['additionalProperty']), known) !== undefined;
}

/** What `schemas/` has, when another version is told: there is no file of that name. */
const USUAL = 'usual';

/**
 * The version that takes what another one refuses in an object: `CloudNativePG 1.30`; undefined: none
 * that is known does. `running`: the version that refuses it, or that of `schemas/`.
 */
export function takenBy(
  object: KubeObject,
  { path }: Pick<Fault, 'path'>,
  running: Release | undefined,
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

/** The version, of those that are told, by which an object of that apiVersion is held. */
export function releaseFor(versions: Versions, apiVersion: string): Release | undefined {
  const end = apiVersion.indexOf('/');
  const product = productOf(end === -1 ? '' : apiVersion.slice(0, end));
  return product === undefined ? undefined : versions[product.name];
}
