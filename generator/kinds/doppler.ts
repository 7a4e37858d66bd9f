import { type JsonObject, mapAt, textAt } from '../core/json.ts';
import { type KeySet, type Kind, madeAt, specOf } from './kind.ts';
import { specFields } from './secret-refs.ts';

export const dopplerSecret: Kind = {
  group: 'secrets.doppler.com',
  kind: 'DopplerSecret',
  secrets: {
    remain: 'always',
    mayHoldSymbols: () => true,
    annotationsAt: () => ['spec', 'managedSecret', 'annotations'],
  },
  makes: object => {
    const managed = mapAt(specOf(object), 'managedSecret');
    const { keys, isOpen } = managedKeys(specOf(object));
    return madeAt(object, ['spec', 'managedSecret', 'name'], keys, {
      isOpen,
      type: textAt(managed, 'type') ?? 'Opaque',
      namespace: textAt(managed, 'namespace'),
    });
  },
  reads: specFields('ref', { tokenSecret: ['serviceToken'] }),
};

/** The key of a download in one format. */
const FILE = 'DOPPLER_SECRETS_FILE';

/** An Opaque Secret gets all keys, other types only renamed ones (docs/facts/operators.md#doppler). */
function managedKeys(spec: JsonObject): KeySet {
  const processors = mapAt(spec, 'processors');
  const renamed = Object.values(processors).flatMap(processor => textAt(processor, 'asName') ?? []);
  const isOpaque = (textAt(spec, 'managedSecret', 'type') ?? 'Opaque') === 'Opaque';
  if (!isOpaque) return { keys: new Set(renamed), isOpen: false };
  if (spec['format'] === undefined) return { keys: new Set(renamed), isOpen: true };
  return { keys: new Set([textAt(processors, FILE, 'asName') ?? FILE]), isOpen: false };
}
