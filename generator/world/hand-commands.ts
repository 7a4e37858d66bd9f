import { dirname, join, relative } from 'node:path';
import type { Host } from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import type { ManifestSource } from './source.ts';

/** A command in a comment or a README with which people make a Secret. */
interface HandCommand {
  readonly secret: string;
  /** Undefined: that of the context, whichever it is. */
  readonly namespace: string | undefined;
  readonly file: string;
}

/** Says which file tells people to make a Secret by hand: a manifest in a comment, or a README beside it. */
export function toldByHand(
  sources: readonly ManifestSource[],
  host: Host,
): (namespace: string, secret: string) => string | undefined {
  const commands = onceFor(() => commandsIn(sources, host));
  return (namespace, secret) => {
    const found = commands().find(
      command => command.secret === secret && [undefined, namespace].includes(command.namespace),
    );
    return found && `hand, as ${relative(host.realPath('.') ?? '', found.file)} tells`;
  };
}

function commandsIn(sources: readonly ManifestSource[], host: Host): HandCommand[] {
  const files = new Set(sources.flatMap(({ places = [] }) => places));
  const folders = new Set([...files].map(file => dirname(file)));
  const readmes = [...folders].flatMap(folder =>
    (host.entriesIn(folder) ?? [])
      .filter(({ name }) => /^readme(?:\.[a-z]{1,9})?$/i.test(name))
      .map(({ name }) => join(folder, name)),
  );
  return [
    ...[...files].flatMap(file => commandsOf(file, host, /^[ \t]{0,200}#.{0,999}$/gm)),
    ...readmes.flatMap(file => commandsOf(file, host, /^.{0,999}$/gm)),
  ];
}

/** A larger file is no manifest and no README. */
const MOST_BYTES = 1024 * 1024;

function commandsOf(file: string, host: Host, lines: RegExp): HandCommand[] {
  if (host.kindOf(file) !== 'file' || host.sizeOf(file) > MOST_BYTES) return [];
  const text = Buffer.from(host.readFile(file)).toString();
  if (!/create[ \t]{1,9}secret/.test(text)) return [];
  return [...text.matchAll(lines)].flatMap(([line]) => commandIn(line, file));
}

const COMMAND =
  /\b(?:kubectl|oc)\b.{0,200}?\bcreate[ \t]{1,9}secret[ \t]{1,9}(?:generic|tls|docker-registry)[ \t]{1,9}(.{1,600})/;

function commandIn(line: string, file: string): HandCommand[] {
  const [whole, rest = ''] = COMMAND.exec(line) ?? [];
  if (whole === undefined) return [];
  const namespace = /[ \t](?:-n|--namespace)[ \t=]([a-z0-9-]{1,63})\b/.exec(` ${whole}`)?.[1];
  // Options may come before the name: of `-n tools login` the value is no name.
  const words = rest.replaceAll(/(?:^|[ \t])(?:-n|--namespace)[ \t]\S{1,99}/g, '').split(/[ \t]+/);
  const secret = words.find(word => /^[a-z0-9][a-z0-9.-]{0,252}$/.test(word));
  return secret === undefined ? [] : [{ secret, namespace, file }];
}
