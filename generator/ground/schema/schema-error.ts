import type { ErrorObject } from 'ajv';

/** What a compiled schema says of a value: of an error of ajv that which the build leaves (`tools/build/short-errors.ts`). */
export type SchemaError = Pick<
  ErrorObject,
  'instancePath' | 'keyword' | 'params' | 'propertyName'
> & {
  /** Of a field that is missing or unknown, or a value that is not one of a few. */
  readonly parentSchema?: ErrorObject['parentSchema'];
  /** Of a value that is not one of a few. */
  readonly data?: unknown;
  /** Of what no message of ours is for. */
  readonly message?: string;
};
