import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { groupBy, isMap, type JsonObject, mapAt, textAt } from '../../generator/core/json.ts';
import { readText, root } from '../machine.ts';

const schema: JsonObject = JSON.parse(readText(root, 'schemas/rem-secrets.schema.json'));

const WORDS = new Set(['$patch', 'only', 'extends']);

/** They have what the spec has. */
const LAYERS = new Set(['clusters', 'environments']);

/** A schema without references into the schema itself; what a field says beside its reference wins. */
function resolved(part: unknown): JsonObject {
  const { $ref, ...own } = mapAt(part);
  if (typeof $ref !== 'string' || !$ref.startsWith('#/definitions/')) return mapAt(part);
  return { ...resolved(mapAt(schema, 'definitions')[$ref.slice('#/definitions/'.length)]), ...own };
}

const OWN = 'As Kubernetes has it';

/** Whether the spec says what a field means: others are Kubernetes' own. */
const isOwn = (part: unknown): boolean => !textAt(part, 'description')?.startsWith(OWN);

/** A part of the spec: its path, and its schema. */
type Part = readonly [path: string, part: JsonObject];

/** Each map with fields once, at the first path that leads to it, from the outside in. */
function partsOf(first: Part): Part[] {
  const seen = new Set<string>();
  const all: Part[] = [];
  const queue = [first];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const key = JSON.stringify(next[1]['properties'] ?? {});
    const below = inside(next);
    if (below.length === 0 || seen.has(key)) continue;
    seen.add(key);
    all.push(next);
    queue.push(...below);
  }
  return all;
}

/** The parts in the fields of a part: themselves, the entries of a map, and the items of a list. */
function inside([path, part]: Part): Part[] {
  return Object.entries(mapAt(part, 'properties'))
    .filter(([name, field]) => !WORDS.has(name) && isOwn(field) && !LAYERS.has(name))
    .flatMap(([name, field]): Part[] => {
      const { items, additionalProperties: entry, ...whole } = resolved(field);
      const at = path === '' ? name : `${path}.${name}`;
      return [
        [at, whole],
        ...(isMap(entry) ? [[`${at}.NAME`, resolved(entry)] as const] : []),
        ...(isMap(items) ? [[`${at}[]`, resolved(items)] as const] : []),
      ];
    });
}

function sectionOf([path, part]: Part): string {
  const fields = Object.entries(mapAt(part, 'properties')).filter(([name]) => !WORDS.has(name));
  const rows = fields
    .filter(([, field]) => isOwn(field))
    .map(([name, field]) => {
      const { description, examples } = resolved(field);
      const [example] = Array.isArray(examples) ? examples : [];
      return `| \`${name}\` | ${cell(String(description))} | \`${cell((stringify(example, { collectionStyle: 'flow', lineWidth: 0 }) ?? '').trim())}\` |`;
    });
  const others = groupBy(
    fields.filter(([, field]) => !isOwn(field)),
    ([, field]) => /, in: (.*)\.$/.exec(textAt(field, 'description') ?? '')?.[1] ?? '',
  );
  return [
    `## ${path === '' ? 'The spec' : `\`${path}\``}`,
    textAt(part, 'description') ?? '',
    ['| field | | example |', '| --- | --- | --- |', ...rows].join('\n'),
    ...[...others].map(([kinds, named]) => {
      const names = named.map(([name]) => `\`${name}\``).join(', ');
      return `Kubernetes' own${kinds === '' ? '' : `, in ${kinds}`}: ${names}.`;
    }),
  ]
    .filter(text => text !== '')
    .join('\n\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

test('docs/fields.md has every field of a spec, from its schema', async () => {
  const spec = resolved(mapAt(schema, 'properties')['spec']);
  const head = `# The fields of a spec

Every field of \`rem-secrets.yaml\`, made from its JSON Schema, which editors read too. NAME stands for a name of your
choice; \`environments\` and \`clusters\` have what the spec has. A map may say \`$patch: replace\`, a section \`only\`, and an
entry \`extends\`: [spec.md](spec.md).`;
  const page = [head, ...partsOf(['', spec]).map(sectionOf)].join('\n\n');
  await expect(`${page}\n`).toMatchFileSnapshot(join(root, 'docs/fields.md'));
});
