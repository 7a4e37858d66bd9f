import { knownNames } from '../ground/suggest.ts';
import { products, type Release, releaseOf, type Versions } from '../kinds/products.ts';
import { unknownVersion } from '../make/model/versions.ts';
import { wrongUsage } from './usage.ts';

/** What `--versions` says: `externalSecrets=2.x,cloudnativePg=1.30`. */
export function versionsSaid(said: string | undefined): Versions {
  const parts = said === undefined ? [] : said.split(',').map(part => part.trim());
  return Object.fromEntries(parts.map(versionIn));
}

function versionIn(part: string): [string, Release] {
  const [, name, version] = /^(\w+)=(\S+)$/.exec(part) ?? [];
  if (name === undefined || version === undefined)
    wrongUsage(
      `--versions takes a list such as externalSecrets=2.x,cloudnativePg=1.30, not "${part}"`,
    );
  const product = products.find(known => known.name === name);
  if (product === undefined) {
    const known = products.map(({ name }) => name);
    wrongUsage(`--versions knows no "${name}". ${knownNames('names', name, known)}`);
  }
  const release = releaseOf(product, version);
  if (release !== undefined) return [product.name, release];
  const { message, hint } = unknownVersion(product, version);
  return wrongUsage(`${message}. ${hint}`);
}
