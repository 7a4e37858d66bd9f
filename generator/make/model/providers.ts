import type { ProviderForm } from './provider-form.ts';
import { type AwsSpec, awsForm } from './providers/aws.ts';

/** The short forms of a store, by ESO's names for the providers. */
export interface ShortForms {
  readonly aws?: AwsSpec;
}

const PROVIDERS: Readonly<Record<keyof ShortForms, ProviderForm<ShortForms>>> = {
  aws: awsForm,
};

export const PROVIDER_NAMES = Object.keys(PROVIDERS) as readonly (keyof ShortForms)[];

/** The short form that a store has. */
export function shortForm(
  store: ShortForms,
): (ProviderForm<ShortForms> & { readonly name: keyof ShortForms }) | undefined {
  const name = PROVIDER_NAMES.find(field => store[field] !== undefined);
  return name && { name, ...PROVIDERS[name] };
}
