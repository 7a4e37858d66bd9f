import { type LostService, lostServices, unknownHosts } from '../facts/hosts.ts';
import { placeOn, type Risk, type RiskRule } from '../risk.ts';

export const hostLost: RiskRule = {
  id: 'host-lost',
  level: 'block',
  summary: 'A host is named that no Service has any more: the name no longer resolves.',

  *check(comparison) {
    for (const lost of lostServices(comparison)) yield lostRisk(lost);
    for (const { host, hint } of unknownHosts(comparison)) {
      const { object, path, service, namespace } = host;
      yield {
        ...placeOn('head', object, path),
        message: `the ${object.kind} "${object.name}" names "${service}" in namespace "${namespace}", where no Service has that name: it does not resolve`,
        hint,
      };
    }
  },
};

function lostRisk({ name, namespace, maker, successor, hosts }: LostService): Risk {
  const [first, ...others] = hosts;
  const so = others.length === 1 ? 'so does 1' : `so do ${others.length}`;
  const more = others.length === 0 ? '' : `, and ${so} more`;
  const object = first?.object ?? maker;
  return {
    ...placeOn('head', object, first?.path ?? []),
    message: `the Service "${name}" is gone from namespace "${namespace}", and the ${object.kind} "${object.name}" still names it${more}: the name does not resolve`,
    hint:
      successor === undefined
        ? 'Keep the Service, or take its name out where it is read.'
        : `Write "${successor}" there.`,
    related: [
      {
        ...placeOn('base', maker),
        note: 'gave the Service its name',
      },
      ...others.map(other => ({
        ...placeOn('head', other.object, other.path),
        note: 'names it too',
      })),
    ],
  };
}
