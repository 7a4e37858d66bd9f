import { join } from 'node:path';
import type { Host } from '../core/host.ts';
import type { JsonObject } from '../core/json.ts';
import { changedSchemas, type SchemaChanges, withoutLimits } from '../core/schema.ts';
import { type Product, type ProductRelease, products, type Versions } from '../kinds/products.ts';
import { rootOf } from './inside.ts';

const PLACES = [
  'rem-secrets.schema.json',
  'schemas/rem-secrets.schema.json',
  'node_modules/rem-secrets/schemas/rem-secrets.schema.json',
];

/** The first line of a spec, by which editors complete and check it: with a schema of its repository, or none. */
export function editorLine(folder: string, host: Host): string {
  const home = host.exists(folder) ? folder : '.';
  const root = rootOf(home, host);
  for (let above = ''; root !== undefined; above += '../') {
    const found = PLACES.map(path => above + path).find(
      path => host.kindOf(join(home, path)) === 'file',
    );
    if (found !== undefined) return `# yaml-language-server: $schema=${found}\n`;
    if (host.realPath(join(home, above)) === root || above.length > 60) break;
  }
  return '';
}

type Schemas = ReadonlyMap<string, JsonObject>;

function usualSchemas(host: Host): Schemas {
  const files = host.listFiles(host.packageFile('schemas')).sort();
  const paths = files.filter(
    path => path.endsWith('.json') && !/(\.schema\.json$|^versions\/)/.test(path),
  );
  return new Map(paths.map(path => [path, parsedFile(`schemas/${path}`, host) as JsonObject]));
}

function schemasOf(release: ProductRelease, usual: Schemas, host: Host): Schemas {
  if (release.schemas === undefined) return new Map();
  const changes = parsedFile(`schemas/versions/${release.schemas}.json`, host);
  return changedSchemas(usual, changes as SchemaChanges);
}

/** The schemas of the kinds in these versions. Those of a version that may have more fields accept unknown ones. */
export function schemasIn(versions: Versions, host: Host): Schemas {
  const usual = usualSchemas(host);
  const schemas = new Map(usual);
  for (const product of products) {
    const release = versions[product.name];
    if (release === undefined) continue;
    for (const [path, schema] of schemasOf(release, usual, host)) schemas.set(path, schema);
    if (release.isOpen !== true) continue;
    for (const [path, schema] of schemas)
      if (isOf(product, path)) schemas.set(path, withoutLimits(schema));
  }
  return schemas;
}

/** All schemas as they are in each version: what is the same in several is read once. */
export function releaseSchemas(host: Host): (release: ProductRelease) => Schemas {
  const usual = usualSchemas(host);
  return release => new Map([...usual, ...schemasOf(release, usual, host)]);
}

function isOf({ hasGroup }: Product, path: string): boolean {
  const folder = path.slice(0, path.indexOf('/'));
  return path.includes('/') && hasGroup(folder === 'v1' ? '' : folder);
}

function parsedFile(path: string, host: Host): unknown {
  return JSON.parse(Buffer.from(host.readFile(host.packageFile(path))).toString('utf8'));
}
