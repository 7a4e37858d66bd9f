import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { root } from '../machine.ts';

/** What is printed for programs has this shape, and no field beyond it. */
const schema = JSON.parse(readFileSync(join(root, 'schemas/report.schema.json'), 'utf8'));
const ajv = new Ajv2020({ allowUnionTypes: true, strictRequired: false });
ajv.addSchema(schema, 'report');
export const isReport: ValidateFunction = validatorOf('report');

function validatorOf(name: string): ValidateFunction {
  const found = ajv.getSchema(name);
  if (found === undefined) throw new Error(`the schema has no ${name}`);
  return found;
}

/** Expects that a text is a document of a kind; it is then no document of another kind. */
export function expectDocument(kind: string, text: string): void {
  const isValid = validatorOf(`report#/$defs/${kind}`);
  const document: unknown = JSON.parse(text);
  expect(isValid(document), JSON.stringify(isValid.errors)).toBe(true);
  expect(isReport(document), JSON.stringify(isReport.errors)).toBe(true);
}

/** The folders of a folder, from the root. */
export function casesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? `${folder}/${entry.name}` : [],
  );
}
