import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import type { AskedService, AwsService } from './aws-call.ts';

/** What asks AWS, and how it logs in there. */
export interface AwsSource {
  readonly object: PlacedObject;
  /** Of its settings, from the object. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: AskedService;
  readonly region: string;
}

/** A store that reads AWS. */
export interface AwsStore extends AwsSource {
  readonly service: AwsService;
}

/** A store's AWS settings; undefined when it reads something else. */
export function awsStore(object: PlacedObject): AwsStore | undefined {
  const settings = mapAt(specOf(object), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { object, path: ['spec', 'provider', 'aws'], settings, service, region };
}
