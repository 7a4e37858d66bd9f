import { loadScript } from './load-script.ts';
import { packageFile } from './package-files.ts';

/**
 * Stands in a bundle for an export of a script of its own, and loads the script when it is first
 * used. The build puts it in place of an import (`tools/build/late-scripts.ts`).
 */
export function lateScript(path: string, name?: string): object {
  const load = (): object => {
    const script = loadScript(packageFile(path)) as object;
    return name === undefined ? script : (Reflect.get(script, name) as object);
  };
  return new Proxy(() => {}, {
    apply: (_, self, args) => Reflect.apply(load() as () => unknown, self, args),
    get: (_, key) => Reflect.get(load(), key),
    getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(load(), key),
    ownKeys: () => Reflect.ownKeys(load()),
  });
}
