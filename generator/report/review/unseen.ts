/** What manifests do not tell, and a reader of a review might look for. */
export const UNSEEN: readonly string[] = [
  'Values: a parameter or a password that changes in its store changes no manifest.',
  'The cluster: what was applied by hand, what an operator has made, and whether a sync succeeds.',
];
