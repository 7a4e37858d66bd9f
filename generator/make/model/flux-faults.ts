import type { Fault } from '../../ground/finding.ts';
import type { FluxSpec } from '../spec/deployer-spec.ts';
import type { SpecObject } from '../spec/spec.ts';
import { environmentNames, targetNames } from './target-names.ts';

/** What the Kustomization of an environment's stores, databases and Secrets is called, after the environment. */
export const SECRETS = '-secrets';

/** A label of every object that Flux applies holds the name of its Kustomization (docs/facts/flux.md#pruning). */
const LONGEST = 63;

/** What is wrong with the `flux` section, and with the names of what it makes. */
export function fluxFaults(document: SpecObject, spec: FluxSpec): Fault[] {
  return [
    ...sourceFaults(spec),
    ...longNames(document, spec),
    ...(spec.secretsFirst === true ? sameNames(document) : []),
  ];
}

function sourceFaults(spec: FluxSpec): Fault[] {
  const isMade = spec.repository !== undefined;
  const idle = isMade ? (['source'] as const) : (['branch', 'secret'] as const);
  return idle
    .filter(field => spec[field] !== undefined)
    .map(field => ({
      id: 'flux-source',
      message: isMade
        ? 'flux names a source that is there, and a repository for which one is made'
        : `flux.${field} is of a repository for which a source is made, and there is none`,
      hint: isMade
        ? 'Take `source` away, or `repository`.'
        : `Give \`repository\` too; a source that is there has its own ${field}.`,
      path: ['spec', 'flux', field],
      isAboutName: true,
    }));
}

function longNames(document: SpecObject, { secretsFirst = false }: FluxSpec): Fault[] {
  const { name } = document.metadata;
  const ending = secretsFirst ? SECRETS : '';
  return targetNames(document)
    .map(target => ({ target, whole: `${name}-${target}${ending}` }))
    .filter(({ whole }) => whole.length > LONGEST)
    .map(({ target, whole }) => ({
      id: 'long-name',
      message: `"${whole}" is too long for a Kustomization: Flux labels what it applies with it`,
      hint: `Have it at most ${LONGEST} characters: metadata.name of the spec is its first part.`,
      path: placeOf(document, target),
      isAboutName: true,
    }));
}

function placeOf({ spec }: SpecObject, target: string): Fault['path'] {
  const isEnvironment = spec.environments !== undefined && Object.hasOwn(spec.environments, target);
  return isEnvironment ? ['spec', 'environments', target] : ['spec', 'flux'];
}

/** Environments that are called like the Kustomization of another's Secrets. */
function sameNames(document: SpecObject): Fault[] {
  const all = targetNames(document);
  return environmentNames(document)
    .filter(name => name.endsWith(SECRETS) && all.includes(name.slice(0, -SECRETS.length)))
    .map(name => ({
      id: 'duplicate-target',
      message: `"${name}" is an environment, and what the Kustomization of the Secrets of "${name.slice(0, -SECRETS.length)}" is called`,
      hint: 'Give the environment another name.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    }));
}
