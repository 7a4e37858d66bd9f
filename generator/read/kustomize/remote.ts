import { hideSecrets } from '../../ground/secret-text.ts';

/**
 * Whether kustomize would fetch what an entry names. Taken wider than kustomize takes it
 * (api/internal/git/repospec.go, api/internal/loader/fileloader.go): schemes in any case, `git::`
 * before them, `user@host:path`, and `github.com/…`, which it clones even where such a folder is.
 */
export function isRemote(entry: string): boolean {
  return /^\s*(?:[a-z0-9]{1,20}::|https?:|(?:ssh|git|file|ftp):\/\/|github\.com[/:]|[a-z][a-z0-9-]*@[^/:]*[/:])/i.test(
    entry,
  );
}

/** Whether a part of an entry could be taken for an option by git, which gets it as an argument. */
export function hasOption(entry: string): boolean {
  return [entry, decoded(entry)].some(text => /(?:^|[/?&=:@#;\s])-/.test(text));
}

/** An entry of `files` may have a key before it: `key=path`. */
export function sourcePath(entry: string): string {
  return entry.slice(entry.lastIndexOf('=') + 1);
}

/** An entry as a message shows it: without a login, without what a query holds but for plain refs. */
export function shownRemote(entry: string): string {
  const [line = '', ...more] = entry.trim().split(/[\r\n]/, 2);
  const open = line
    .replace(/\/\/(?!git@)[^/@]*@/, '//…@')
    .replaceAll(/([?&][\w-]*=)([^&]*)/g, (_, name: string, value: string) =>
      /^[?&](?:ref|version)=$/i.test(name) && /^\w[\w./-]*$/.test(value)
        ? name + value
        : `${name}…`,
    );
  const shown = hideSecrets(open);
  return shown.length > MOST || more.length > 0 ? `${shown.slice(0, MOST)}…` : shown;
}

/** How much of an entry a message shows. */
const MOST = 160;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
