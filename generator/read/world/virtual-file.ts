import type { Host } from '../../ground/host.ts';

/** The machine with one more file, or with another text in one; `place` has no links in it. */
export function withFile(host: Host, place: string, text: string): Host {
  const is = (path: string): boolean => path === place;
  return {
    ...host,
    readFile: path => (is(path) ? new TextEncoder().encode(text) : host.readFile(path)),
    kindOf: path => (is(path) ? 'file' : host.kindOf(path)),
    exists: path => is(path) || host.exists(path),
    isFolder: path => !is(path) && host.isFolder(path),
    realPath: path => (is(path) ? place : host.realPath(path)),
    sizeOf: path => (is(path) ? text.length : host.sizeOf(path)),
  };
}
