import type { ViteUserConfig } from 'vitest/config';
import all from '../../vitest.config.ts';

/** Apart from the others, as it takes a minute and what it tries changes rarely: `make installed` runs it. */
const config: ViteUserConfig = {
  test: {
    ...all.test,
    include: [
      'test/installed/{ci,commands,compiled-code,from-git,newcomer,package,release,tools}.ts',
    ],
  },
};
export default config;
