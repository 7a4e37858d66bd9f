import { join } from 'node:path';
import type { Kind } from '../../kinds/kind.ts';
import { kinds } from '../../kinds/kinds.ts';
import { environmentFor } from '../kustomize/environment.ts';
import type { ChartToMake } from './helm.ts';

/** Sets limits that a program cannot lift, and becomes it. */
export const SHELL = '/bin/sh';

/**
 * A chart may ask for more memory, or time, than there is (`until`, `repeat`). The limit on addresses is
 * not there on every system. At the first limit of time Helm ends by itself (SIGXCPU), which is an answer:
 * what is killed is run once more.
 */
export const LIMITED =
  'ulimit -t 12; ulimit -S -t 10; ulimit -v 4194304 2>/dev/null; exec "$0" "$@"';

/**
 * How Helm makes a chart: from its folder, without a cluster, and with no hook of the tests
 * (docs/facts/helm.md#helm-template). `room`: where the copy is; `hasSchemas`: whether
 * values are compared with its schemas.
 */
export function chartArgs(
  { release, helm }: ChartToMake,
  room: string,
  hasSchemas: boolean,
): string[] {
  const { name, namespace, local } = release;
  const { hasCrds, hasHooks, kubeVersion = helm.kubernetes, apiVersions = [] } = local;
  return [
    'template',
    `--namespace=${namespace}`,
    `--values=${join(room, 'values.json')}`,
    `--kube-version=${kubeVersion}`,
    ...[...served(), ...apiVersions].map(version => `--api-versions=${version}`),
    '--skip-tests',
    ...(hasSchemas ? [] : ['--skip-schema-validation']),
    ...(hasCrds ? ['--include-crds'] : []),
    ...(hasHooks ? [] : ['--no-hooks']),
    '--',
    name,
    join(room, 'chart'),
  ];
}

/** The APIs of operators that are known: charts ask for them before they make such objects. */
function served(): string[] {
  const versions = kinds.flatMap(({ group, kind, served }: Kind) =>
    group.includes('.')
      ? (served?.versions ?? []).flatMap(version => [
          `${group}/${version}`,
          `${group}/${version}/${kind}`,
        ])
      : [],
  );
  return [...new Set(versions)].sort();
}

/** The environment of helm: folders of its own that are empty, no cluster, no server, no program. */
export function chartEnvironment(home: string): Record<string, string> {
  const own = ['CACHE_HOME', 'CONFIG_HOME', 'DATA_HOME', 'PLUGINS', 'REPOSITORY_CACHE'];
  return {
    ...environmentFor({}),
    HOME: home,
    ...Object.fromEntries(own.map(name => [`HELM_${name}`, home])),
    HELM_REGISTRY_CONFIG: join(home, 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(home, 'repositories.yaml'),
    KUBECONFIG: join(home, 'kubeconfig'),
  };
}
