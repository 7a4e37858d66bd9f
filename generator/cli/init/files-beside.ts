import type { Host } from '../../ground/host.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { foreignFolders } from '../foreign-folders.ts';
import type { Answers } from './answers.ts';
import { githubWorkflow, gitlabJob } from './ci-text.ts';

/** A file that `init` writes, by its path from the spec's folder. */
export type NewFile = readonly [path: string, text: string];

/** What is written beside the spec: for kustomize, for CI. */
export function filesBeside(answers: Answers, host: Host): NewFile[] {
  return [...pluginFiles(answers), ...ciFiles(answers, host)];
}

function pluginFiles({ hasPlugin }: Answers): NewFile[] {
  if (!hasPlugin) return [];
  return [
    ['kustomization.yaml', KUSTOMIZATION],
    ['guard/kustomization.yaml', GUARD],
  ];
}

const KUSTOMIZATION = `# The objects of spec.environment, made by the function while kustomize builds:
#   kustomize build --enable-alpha-plugins --enable-exec .
apiVersion: ${kustomizationFile.group}/v1beta1
kind: Kustomization
generators: [rem-secrets.yaml]
components: [guard]
`;

const GUARD = `# kustomize without --enable-exec runs no function and says nothing. This replaces a name by itself,
# and fails where the function has made no Namespace.
apiVersion: ${kustomizationFile.group}/v1alpha1
kind: Component
replacements:
  - source: { kind: Namespace, fieldPath: metadata.name }
    targets:
      - select: { kind: Namespace }
        fieldPaths: [metadata.name]
`;

/** A GitLab that checks something already has a file of its own, which then includes ours. */
function ciFiles(answers: Answers, host: Host): NewFile[] {
  switch (answers.ci) {
    case 'none':
      return [];
    case 'github':
      return [['.github/workflows/rem-secrets.yaml', githubWorkflow(answers.package)]];
    case 'gitlab': {
      const own: NewFile = [GITLAB_JOB, gitlabJob(answers.package)];
      return host.kindOf(GITLAB) === undefined ? [[GITLAB, INCLUDE], own] : [own];
    }
  }
}

const GITLAB = '.gitlab-ci.yml';
const GITLAB_JOB = '.gitlab/rem-secrets.yaml';
const INCLUDE = `include:\n  - local: ${GITLAB_JOB}\n`;

/** What a person has to do for files and folders that are there already. */
export function adviceFor({ ci }: Answers, host: Host): string {
  const include =
    ci === 'gitlab' && host.kindOf(GITLAB) !== undefined ? `Add to ${GITLAB}:\n${INCLUDE}` : '';
  const [folder] = foreignFolders(host);
  const out =
    folder === undefined
      ? ''
      : `${folder}/ here is yours, and stays: move the spec to a folder of its own, or write below one with \`rem-secrets expand --out FOLDER\`\n`;
  return include + out;
}
