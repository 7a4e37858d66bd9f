import { DEPLOYERS, SERVERS, STORES } from '../../generator/init/command.ts';

const USES = {
  none: '',
  github: ' --uses platform/rem-secrets@v1',
  gitlab: ' --uses git.example.com/platform/rem-secrets/rem-secrets@1.0.0',
};
const REPOSITORY = '--repository https://git.example.com/platform/shop.git';

/** The flags of every first spec. */
const specs: readonly string[] = STORES.flatMap(store =>
  ['--database', '--no-database'].map(database => `--store ${store} ${database}`),
);

/** The flags of everything beside it. */
const beside: readonly string[] = DEPLOYERS.flatMap(deployer =>
  SERVERS.flatMap(ci =>
    ['', ' --plugin'].map(
      plugin =>
        `--deployer ${deployer}${deployer === 'argocd' ? ` ${REPOSITORY}` : ''} --ci ${ci}${USES[ci]}${plugin}`,
    ),
  ),
);

/** All that a first spec depends on, as flags: each server of CI comes with some of it. */
export const combinations: readonly string[] = specs.flatMap((spec, at) =>
  beside.filter((_, index) => index % 6 === at % 6 || at === 0).map(flags => `${spec} ${flags}`),
);

/** Of these every first spec once, and some of everything beside it. */
export const samples: readonly string[] = specs.map(
  (spec, index) => `${spec} ${beside[(index * 5) % beside.length]}`,
);
