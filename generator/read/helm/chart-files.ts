import { join } from 'node:path';
import { type FolderEntry, type Host, textOf } from '../../ground/host.ts';
import { listAt, textAt } from '../../ground/json.ts';
import { parseStream } from '../../ground/yaml/yaml-text.ts';
import { isInside } from '../inside.ts';

/** The files of a chart by their paths in it, and where they are, without links. */
export type ChartFiles = ReadonlyMap<string, string>;

/** No chart that Helm would take as an archive has more. */
const MOST = {
  files: 5_000,
  entries: 20_000,
  bytes: 20 * 1024 * 1024,
  folders: 20,
  charts: 5,
} as const;

const TOO_MUCH = `it has more than ${MOST.files} files, or than 20 MiB`;

/**
 * What Helm is to see of a chart: its files and those of the charts beside it that it says it depends
 * on, all of this repository; or why it is not to be read.
 */
export function chartFiles(folder: string, root: string, host: Host): ChartFiles | string {
  const reader = new ChartReader(root, host);
  reader.chart(folder, '', 0);
  return reader.refusal ?? reader.files;
}

class ChartReader {
  readonly files = new Map<string, string>();
  refusal: string | undefined;
  private bytes = 0;
  private entries = 0;
  private readonly root: string;
  private readonly host: Host;

  constructor(root: string, host: Host) {
    this.root = root;
    this.host = host;
  }

  /** The files of a chart; what it depends on by `file://` Helm would put into its `charts/`. */
  chart(folder: string, at: string, depth: number): void {
    this.folder(folder, at, 0);
    const file = this.files.get(`${at}Chart.yaml`);
    if (file === undefined || this.refusal !== undefined || depth > MOST.charts) return;
    const [document] = parseStream(textOf(file, this.host)).value ?? [];
    for (const dependency of listAt(document, 'dependencies')) {
      const name = textAt(dependency, 'name') ?? '';
      const path = /^file:\/\/(.+)$/.exec(textAt(dependency, 'repository') ?? '')?.[1];
      if (path === undefined || !/^\w[\w.-]*$/.test(name) || this.has(`${at}charts/${name}`))
        continue;
      const place = this.host.realPath(join(folder, path));
      if (place !== undefined && isInside(this.root, place, this.host))
        this.chart(place, `${at}charts/${name}/`, depth + 1);
    }
  }

  private has(path: string): boolean {
    return [...this.files.keys()].some(
      file => file === path || file.startsWith(`${path}/`) || file.startsWith(`${path}-`),
    );
  }

  private folder(place: string, at: string, depth: number): void {
    if (depth > MOST.folders) this.refusal ??= 'its folders have no end';
    for (const entry of this.host.entriesIn(place) ?? []) {
      this.entries += 1; // Links to folders of links are many folders without a file.
      if (this.entries > MOST.entries) this.refusal ??= TOO_MUCH;
      if (this.refusal !== undefined) return;
      if (entry.name !== '.git') this.entry(place, at, entry, depth); // There are tokens in it.
    }
  }

  private entry(folder: string, at: string, { name, kind }: FolderEntry, depth: number): void {
    const path = `${at}${name}`;
    const named = join(folder, name);
    const place = kind === 'link' ? this.host.realPath(named) : named;
    if (place === undefined) return;
    if (kind === 'link' && !isInside(this.root, named, this.host)) {
      this.refusal = `"${path}" in it is a link that leads out of the repository`;
      return;
    }
    const found = kind === 'link' ? this.host.kindOf(place) : kind;
    if (found === 'folder') this.folder(place, `${path}/`, depth + 1);
    else if (found === 'file') this.file(path, place);
  }

  private file(path: string, place: string): void {
    this.bytes += this.host.sizeOf(place);
    this.files.set(path, place);
    if (this.bytes > MOST.bytes || this.files.size > MOST.files) this.refusal = TOO_MUCH;
  }
}
