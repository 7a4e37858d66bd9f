import { listAt, mapAt, textAt } from '../core/json.ts';
import { type Kind, namedAfter, specOf } from './kind.ts';

/** The ExternalSecret of another project, which ended (docs/facts/operators.md#kubernetes-external-secrets). */
export const kubernetesExternalSecret: Kind = {
  group: 'kubernetes-client.io',
  kind: 'ExternalSecret',
  displayName: 'ExternalSecret of kubernetes-client.io',
  secrets: { mayHoldSymbols: () => true },
  makes: object => {
    const old = mapAt(object.json, 'secretDescriptor');
    const spec = object.json['spec'] === undefined ? old : specOf(object);
    const entries = listAt(spec, spec['data'] === undefined ? 'properties' : 'data');
    const names = entries.flatMap(entry => textAt(entry, 'name') ?? []);
    const template = mapAt(spec, 'template');
    const written = ['data', 'stringData'].flatMap(field => Object.keys(mapAt(template, field)));
    const sources = [...listAt(spec, 'dataFrom'), ...listAt(spec, 'dataFromWithOptions')];
    const isOpen = sources.length > 0 || names.length < entries.length;
    const type = textAt(template, 'type') ?? textAt(spec, 'type');
    return [namedAfter(object.name, [...names, ...written], { isOpen, type })];
  },
};
