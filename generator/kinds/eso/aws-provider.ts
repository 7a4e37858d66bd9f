import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';
import type { AwsService } from './aws-call.ts';

/** A store that reads AWS. */
export interface AwsStore {
  readonly item: Item;
  /** Of its settings, from the object. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: AwsService;
  readonly region: string;
}

/** A store's AWS settings; undefined when it reads something else. */
export function awsStore(item: Item): AwsStore | undefined {
  const settings = mapAt(specOf(item), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { item, path: ['spec', 'provider', 'aws'], settings, service, region };
}
