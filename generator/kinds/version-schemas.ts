import type { Validators } from '../ground/schema/schema-check.ts';
import { productOf, type Release, type Versions } from './products.ts';

/** The schemas of kinds as they are in some versions of the products. */
export function validatorsOf(versions: Versions, validators: Validators): Validators {
  if (Object.keys(versions).length === 0) return validators;
  return (apiVersion, kind) =>
    validators(apiVersion, kind, releaseFor(versions, apiVersion)?.schemas);
}

/** The version, of those that are told, by which an object of that apiVersion is held. */
export function releaseFor(versions: Versions, apiVersion: string): Release | undefined {
  const end = apiVersion.indexOf('/');
  const product = productOf(end === -1 ? '' : apiVersion.slice(0, end));
  return product === undefined ? undefined : versions[product.name];
}
