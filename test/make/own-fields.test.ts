import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '../../generator/core/json.ts';
import { withOwnFields } from '../../tools/build/own-fields.ts';
import { renderJson } from '../../tools/schemas/json.ts';
import { root } from '../machine.ts';

const folder = join(root, 'schemas');

test('the schema of a spec has the fields of the kinds', async () => {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const schemas = new Map(
    paths.filter(path => path.endsWith('.json')).map(path => [path, read(path)]),
  );
  const text = renderJson(withOwnFields(read('rem-secrets.schema.json'), schemas), '  ');
  await expect(`${text}\n`).toMatchFileSnapshot(join(folder, 'rem-secrets.schema.json'));
});

const read = (path: string): JsonObject => JSON.parse(readFileSync(join(folder, path), 'utf8'));
