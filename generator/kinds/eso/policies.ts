/** Whether ESO's webhook refuses two policies together (docs/facts/eso.md#refused-externalsecrets). */
export function isRefused(creationPolicy: string, deletionPolicy: string): boolean {
  const isOwned = creationPolicy === 'Owner' || creationPolicy === 'Orphan';
  return deletionPolicy === 'Delete'
    ? !isOwned
    : deletionPolicy === 'Merge' && creationPolicy === 'None';
}
