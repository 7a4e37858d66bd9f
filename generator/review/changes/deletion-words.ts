/** What the deployer does with an object that Git no longer has. */
export interface Deletion {
  /** kept: nothing deletes it. asked: it stays until somebody prunes by hand. */
  readonly outcome: 'deleted' | 'kept' | 'asked' | 'waiting' | 'unknown';
  /** In words, without a full stop. */
  readonly text: string;
}

export function kept(reason: string): Deletion {
  return { outcome: 'kept', text: `left running: ${reason}` };
}

export function asked(reason: string): Deletion {
  return { ...kept(reason), outcome: 'asked' };
}

export function waiting(reason: string): Deletion {
  return { outcome: 'waiting', text: `deleted once somebody confirms it (${reason})` };
}
