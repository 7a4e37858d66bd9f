import { params } from './commands/params.ts';

/** What keeps the entries of stores: it alone has a client of AWS, and is loaded only for `params`. */
export const keeper: { readonly params: typeof params } = { params };
