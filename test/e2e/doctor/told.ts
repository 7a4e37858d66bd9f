import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeObject } from '../../../generator/core/kube-object.ts';
import { type Ran, remSecrets, root } from '../../machine.ts';

/** Writes manifests into a folder, a file a set. */
export function manifestFolder(sets: Readonly<Record<string, readonly KubeObject[]>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  for (const [name, objects] of Object.entries(sets)) {
    const text = objects.map(object => `${JSON.stringify(object)}\n`).join('---\n');
    writeFileSync(join(folder, `${name}.yaml`), text);
  }
  return folder;
}

/** A link as doctor tells it. */
interface ToldLink {
  readonly link: string;
  readonly state: 'ok' | 'broken' | 'unknown' | 'blocked';
  readonly message: string | null;
  readonly evidence: readonly { readonly text: string }[];
}

export interface ToldSecret {
  readonly namespace: string;
  readonly name: string;
  readonly state: string;
  readonly links: readonly ToldLink[];
}

/** Has the real program look at the cluster through the real kubectl. */
export async function doctorOf(
  args: readonly string[],
): Promise<{ readonly status: number | null; readonly secrets: readonly ToldSecret[] }> {
  const { status, stdout, stderr } = await ran(['--format', 'json', 'doctor', ...args]);
  if (stdout === '') throw new Error(`doctor printed nothing: ${stderr}`);
  const { diagnoses } = JSON.parse(stdout) as {
    readonly diagnoses: readonly { readonly secrets: readonly ToldSecret[] }[];
  };
  return { status, secrets: diagnoses.flatMap(({ secrets }) => [...secrets]) };
}

/** The first broken link of a Secret, in words. */
export function brokenLink({ links }: ToldSecret): string {
  const found = links.find(({ state }) => state === 'broken');
  if (found === undefined) return 'no link is broken';
  const { link, message, evidence } = found;
  return [`${link}: ${message}`, ...evidence.map(({ text }) => text)].join('; ');
}

/** What is not well of Secrets: name, link and words. */
export function unwell(secrets: readonly ToldSecret[]): string[] {
  return secrets.flatMap(({ namespace, name, links, state }) =>
    state === 'ok'
      ? []
      : links
          .filter(one => one.state === state)
          .slice(0, 1)
          .map(({ link, message }) => `${namespace}/${name} ${state} ${link}: ${message}`),
  );
}

/** AWS is moto, whose credentials are made up. */
const env = {
  ...process.env,
  AWS_ENDPOINT_URL: process.env['REM_E2E_MOTO_URL'] ?? 'http://127.0.0.1:5000',
  AWS_ACCESS_KEY_ID: 'testing',
  AWS_SECRET_ACCESS_KEY: 'testing',
};

/** Runs it beside us: the cluster goes on, and our connections to it. */
export function ran(args: readonly string[]): Promise<Ran> {
  return new Promise(done => {
    execFile(remSecrets, args, { cwd: root, env, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : Number(error.code);
      done({ status, stdout, stderr });
    });
  });
}
