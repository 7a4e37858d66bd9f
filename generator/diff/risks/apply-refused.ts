import { objectIdentity } from '../../graph/graph.ts';
import { refusedByFlux } from '../../lint/rules/missing-namespace.ts';
import { notOnBase } from '../facts/moves.ts';
import { faultRisk, type RiskRule } from '../risk.ts';

export const applyRefused: RiskRule = {
  id: 'apply-refused',
  level: 'block',
  summary: 'An object gets into what Flux applies that has no namespace: the apply fails.',
  refuses: true,
  tells: ['missing-namespace'],

  *check({ base, head, compared }) {
    const found = [...refusedByFlux(head)].filter(({ object }) => compared.has(object));
    const fresh = notOnBase(
      found,
      ({ object }) => objectIdentity(object),
      () => [...refusedByFlux(base)].map(({ object }) => objectIdentity(object)),
    );
    yield* fresh.map(faultRisk);
  },
};
