/** Whether a path from the root of the machine is written the one way that `resolve` writes it. */
export function isResolved(path: string): boolean {
  const isClear = !path.includes('//') && !path.includes('/.') && !path.endsWith('/');
  return isClear && path.startsWith('/');
}
