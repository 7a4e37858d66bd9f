import { Ajv } from 'ajv';
import { expect } from 'vitest';
import { readText } from '../machine.ts';

/** The official schema, as @microsoft/jest-sarif 1.0.0-beta.0 has it; Ajv knows no draft 4. */
const {
  $schema: _,
  id: __,
  ...schema
} = JSON.parse(readText(import.meta.dirname, 'sarif-2.1.0-rtm.5.json'));

const isValid = new Ajv({
  strict: false,
  unicodeRegExp: false,
  validateFormats: false,
  allErrors: true,
}).compile(schema);

/** A log is valid against the official schema. */
export function expectSarif(log: unknown): void {
  expect(isValid(log), JSON.stringify(isValid.errors)).toBe(true);
}
