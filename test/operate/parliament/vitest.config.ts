import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Apart from the others: `make test` needs no Python. `make parliament` installs it and runs this. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/operate/parliament/{aws-cli,parliament}.ts'],
    testTimeout: 1_200_000,
  },
});
export default config;
