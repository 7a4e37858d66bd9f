import type { Host } from '../../ground/host.ts';
import { kustomizationFile } from '../../kinds/krm/kustomization.ts';
import { foreignFolders } from '../generated-folders.ts';
import type { Answers } from './answers.ts';

/** A file that `init` writes, by its path from the spec's folder. */
type NewFile = readonly [path: string, text: string];

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

/** The kustomize that the program is tried with: tools/go.mod. */
const KUSTOMIZE = 'sigs.k8s.io/kustomize/kustomize/v5@v5.8.1';

/** What both servers run; a server names a change its own way. */
const CHECKS: readonly (readonly [line: string, why: string])[] = [
  ['rem-secrets expand --check', 'base/ and overlays/ are those of the spec'],
  ['rem-secrets validate', 'every object fits the schema of its kind'],
];

/**
 * A workflow that checks every change, and reviews pull requests: what it runs may read and nothing
 * else. Actions are named by commit, as a tag may be moved.
 */
function githubWorkflow(packageName: string): string {
  return `# Checks the spec and what is made of it, and says what a pull request would really do.
name: rem-secrets
on:
  push: { branches: [main] }
  pull_request:
permissions: { contents: read }
jobs:
  check:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with: { fetch-depth: 0, persist-credentials: false }
      - uses: actions/setup-node@a0853c24544627f65ddf259abe73b1d18a591444 # v5.0.0
        with: { node-version: 20, package-manager-cache: false }
      - uses: actions/setup-go@44694675825211faa026b3c33043df3e48a5fa00 # v6.0.0
        with: { go-version: stable, cache: false }
      - run: npm install --global '${packageName}'
      - run: go install ${KUSTOMIZE}
${CHECKS.map(([line, why]) => `      - run: ${line} # ${why}\n`).join('')}      - run: rem-secrets lint -o github # no reference leads nowhere
      - if: github.event_name == 'pull_request'
        run: rem-secrets diff --base "rev:$(git merge-base "refs/remotes/origin/$GITHUB_BASE_REF" HEAD)" --head rev:HEAD -o markdown >>"$GITHUB_STEP_SUMMARY"
`;
}

/** The same as a job. */
function gitlabJob(packageName: string): string {
  return `# Checks the spec and what is made of it, and says what a merge request would really do.
rem-secrets:
  image: golang:1.26-trixie # by its digest, as your registry has it, nobody can put another in its place
  variables: { GIT_DEPTH: '0' }
  before_script:
    - apt-get update -qq && apt-get install -qq --yes --no-install-recommends nodejs npm
    - npm install --global '${packageName}'
    - go install ${KUSTOMIZE}
  script:
${CHECKS.map(([line, why]) => `    - ${line} # ${why}\n`).join('')}    - rem-secrets lint # no reference leads nowhere
    - |
      if [ -n "\${CI_MERGE_REQUEST_DIFF_BASE_SHA-}" ]; then
        rem-secrets diff --base "rev:$CI_MERGE_REQUEST_DIFF_BASE_SHA" --head "rev:$CI_COMMIT_SHA"
      fi
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
`;
}
