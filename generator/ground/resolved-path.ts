/** Whether a path from the root of the machine is written the one way that `resolve` writes it. */
export function isResolved(path: string): boolean {
  return path.startsWith('/') && !UNCLEAR.test(path);
}

/** A step that is empty, or begins with a dot. */
const UNCLEAR = /\/(?:\/|\.|(?<=.)$)/;
