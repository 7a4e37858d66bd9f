import { join } from 'node:path';
import { outputOf, root } from './measure.ts';
import { withFolder } from './specs.ts';

/** Packs the package and installs it, as a user does; hands on the folder of its programs. */
export function withInstalled<T>(use: (bin: string) => T): T {
  return withFolder({ 'package.json': '{}' }, folder => {
    const pack = ['npm', 'pack', '--silent', '--ignore-scripts', '--pack-destination', folder];
    const file = outputOf({ argv: pack, cwd: root }).trim();
    outputOf({ argv: ['npm', 'install', '--offline', `./${file}`], cwd: folder });
    return use(join(folder, 'node_modules/.bin'));
  });
}
