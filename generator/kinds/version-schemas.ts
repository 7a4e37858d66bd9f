import type { Fault } from '../ground/finding.ts';
import { isSame } from '../ground/json.ts';
import { groupIn, groupOf, type KubeObject } from '../ground/kube-object.ts';
import { checkSchema, type Validator, type Validators } from '../ground/schema/schema-check.ts';
import type { SchemaError } from '../ground/schema/schema-error.ts';
import { nearest } from '../ground/suggest.ts';
import { type ProductRelease, productOf, type Versions } from './products.ts';

/** What `schemas/` has, when another version is told: there is no file of that name. */
const USUAL = 'usual';

/** The schemas of kinds as they are in some versions of the products. */
export function validatorsOf(versions: Versions, validators: Validators): Validators {
  if (Object.keys(versions).length === 0) return validators;
  return (apiVersion, kind, version) => {
    const release = releaseFor(versions, apiVersion);
    const validator = validators(apiVersion, kind, version ?? release?.schemas);
    if (version !== undefined || release?.isOpen !== true) return validator;
    return validator && lenient(validator, validators(apiVersion, kind, USUAL) ?? validator);
  };
}

/**
 * Lets fields and values through that a schema does not know, as they may be new: but for those that are
 * nearly one that it knows, and those that are gone, which the schema of before takes.
 */
function lenient(validator: Validator, before: Validator): Validator {
  const open: Validator = object => {
    const isValid = validator(object);
    open.errors = isValid ? null : refused(validator.errors ?? [], object, before);
    return isValid || open.errors?.length === 0;
  };
  return open;
}

function refused(
  errors: readonly SchemaError[],
  object: unknown,
  before: Validator,
): readonly SchemaError[] {
  const doubtful = errors.filter(error => nameIn(error) !== undefined);
  if (doubtful.length === 0) return errors;
  const old = before(object) ? [] : (before.errors ?? []);
  const isNew = (error: SchemaError): boolean =>
    !isMisspelt(error) && old.some(other => isAbout(other, error));
  return errors.filter(error => !doubtful.includes(error) || !isNew(error));
}

/** Whether an error is the same as another, or says that what the other is in is not known either. */
function isAbout(error: SchemaError, other: SchemaError): boolean {
  const name = nameIn(error);
  if (name === undefined) return false;
  if (error.instancePath === other.instancePath) return name === nameIn(other);
  return `${other.instancePath}/`.startsWith(`${error.instancePath}/${name}/`);
}

/** The field, or the value of a few, that a schema does not know. */
function nameIn({ keyword, params, data }: SchemaError): string | undefined {
  if (keyword === 'additionalProperties') return String(params['additionalProperty']);
  return keyword === 'enum' ? String(data) : undefined;
}

function isMisspelt(error: SchemaError): boolean {
  const { keyword, params, parentSchema } = error;
  const fields = Object.keys(parentSchema?.['properties'] ?? {});
  const known: readonly unknown[] = keyword === 'enum' ? params['allowedValues'] : fields;
  return nearest(nameIn(error) ?? '', known.map(String)) !== undefined;
}

/**
 * The version that takes what another one refuses in an object: `CloudNativePG 1.30`; undefined: none
 * that is known does. `running`: the version that refuses it, or that of `schemas/`.
 */
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

/** The version, of those that are told, by which an object of that apiVersion is held. */
export function releaseFor(versions: Versions, apiVersion: string): ProductRelease | undefined {
  const product = productOf(groupIn(apiVersion));
  return product === undefined ? undefined : versions[product.name];
}
