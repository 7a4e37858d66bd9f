import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { output, root, runMain } from '../machine.ts';

/** The parts of the spec that are changed here. */
interface EditedSpec {
  spec: {
    argocd: { readonly repository: string; clusters: Record<string, string>; operators?: object };
    environments: Record<string, object>;
    secrets: Record<string, unknown>;
    workloads: Record<string, { env: Record<string, unknown> }>;
  };
}

/** A Git repository with the expanded spec, that Argo CD reads by file://. */
export interface Repository {
  readonly url: string;
  readonly folder: string;
  /** Expands the spec as it was edited into the working tree. */
  readonly write: (edit?: (document: EditedSpec) => void) => Promise<void>;
  /** Commits and pushes; gives the commit. */
  readonly push: () => string;
}

/** An empty repository in the run's temporary folder. */
export function makeRepository(): Repository {
  const home = mkdtempSync(join(tmpdir(), 'git-'));
  const [bare, folder] = [join(home, 'rem.git'), join(home, 'work')];
  const git = (...args: string[]): string =>
    output('git', ['-c', 'user.name=e2e', '-c', 'user.email=e2e@localhost', '-C', folder, ...args]);
  output('git', ['init', '-q', '--bare', '-b', 'main', bare]);
  output('git', ['init', '-q', '-b', 'main', folder]);
  const url = `file://${bare}`;
  return {
    url,
    folder,
    write: edit => writeTree(folder, url, edit),
    push: () => {
      git('add', '-A');
      git('commit', '-q', '-m', 'expanded');
      git('push', '-q', bare, 'main');
      return git('rev-parse', 'HEAD').trim();
    },
  };
}

/**
 * The repository's own spec, with what the run has: the shared cluster, and no operators, whose
 * charts are out of reach and which are running already. A spec takes no file:// URL, so that is
 * put in afterwards.
 */
async function writeTree(
  folder: string,
  url: string,
  edit?: (document: EditedSpec) => void,
): Promise<void> {
  const document = parse(readFileSync(join(root, 'rem-secrets.yaml'), 'utf8')) as EditedSpec;
  const { argocd, environments } = document.spec;
  argocd.clusters = { shared: 'https://kubernetes.default.svc' };
  delete argocd.operators;
  delete environments['prod'];
  edit?.(document);
  for (const part of ['argocd', 'base', 'overlays'])
    rmSync(join(folder, part), { recursive: true, force: true });
  cpSync(join(root, 'components'), join(folder, 'components'), { recursive: true });
  writeFileSync(join(folder, 'rem-secrets.yaml'), stringify(document, { compat: 'yaml-1.1' }));
  const { status, stderr } = await runMain(folder, ['expand']);
  if (status !== 0) throw new Error(stderr);
  putUrl(join(folder, 'argocd'), argocd.repository, url);
}

/** Writes where the repository is into the Applications, in place of what the spec says. */
export function putUrl(folder: string, said: string, url: string): void {
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.yaml')) continue;
    const text = readFileSync(join(folder, path), 'utf8');
    writeFileSync(join(folder, path), text.replaceAll(said, url));
  }
}
