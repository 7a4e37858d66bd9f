import type { SaidForm } from '../usage.ts';

/** Who applies the overlays. */
export const DEPLOYERS = ['none', 'argocd', 'flux'] as const;
/** Where the repository is checked. */
export const SERVERS = ['none', 'github', 'gitlab'] as const;
/** Where the values of Secrets are kept. */
export const STORES = ['none', 'parameter-store', 'secrets-manager', 'kubernetes'] as const;

/** What a first spec is about, and what is written beside it. */
export interface Answers {
  readonly name: string;
  /** Where the spec is, from the root of the repository; empty: there. */
  readonly folder: string;
  readonly namespace: string;
  readonly environments: readonly string[];
  readonly store: (typeof STORES)[number];
  /** Of AWS, for a store that is there. */
  readonly region: string;
  readonly hasDatabase: boolean;
  readonly image: string;
  readonly deployer: (typeof DEPLOYERS)[number];
  /** The address that Argo CD or Flux clones; empty: Flux has it already. */
  readonly repository: string;
  readonly ci: (typeof SERVERS)[number];
  /** What npm installs in CI. */
  readonly package: string;
  /** Whether kustomize is to run the function, too. */
  readonly hasPlugin: boolean;
}

/** What may be answered: it becomes part of YAML, and of commands that CI runs. */
export const FORMS: Readonly<
  Record<'name' | 'region' | 'image' | 'repository' | 'package', SaidForm>
> = {
  name: {
    test: /^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    form: 'up to 40 small letters, digits and hyphens, a letter first and no hyphen last',
  },
  region: {
    test: /^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$/,
    form: 'a region of AWS, such as eu-west-1',
  },
  image: {
    test: /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/,
    form: 'the name of an image, such as example/shop:1.0.0',
  },
  repository: {
    test: /^(?:https:\/\/|ssh:\/\/git@)[\w.:-]+\/[\w./~-]+$/,
    form: 'an address without credentials, such as https://git.example.com/platform/shop.git',
  },
  package: {
    test: /^(?:@?[\w.-]+(?:\/[\w.-]+)?@[\w.-]+|(?:git\+)?(?:https|ssh):\/\/[\w.@:/~-]+(?:#[\w./-]+)?)$/,
    form: 'NAME@VERSION of your registry, the URL of a tarball, or git+https://…#COMMIT',
  },
};
