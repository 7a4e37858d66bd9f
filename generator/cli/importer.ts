import { importAction } from './commands/import.ts';

/** What makes a spec of manifests: it has the rules, the review and the generator in it. */
export const importer: { readonly import: typeof importAction } = { import: importAction };
