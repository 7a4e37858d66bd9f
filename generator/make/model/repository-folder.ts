/** The folder of the spec in its repository, as the spec says it, without what means nothing; empty for the root. */
export function folderIn(path = ''): string {
  return path.replace(/^(\.?\/){1,100}|^\.$|\/{1,100}$/g, '');
}
