import { mapAt } from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { type Form, hasOnly, marksOf, withoutEmpty } from './form.ts';

/** A ConfigMap with texts, under a name that has a hash or stays. */
export const configMapForm: Form = {
  section: 'configMaps',
  kinds: [configMap],
  ways: (object, context) => {
    const { json, name } = object;
    const data = mapAt(json, 'data');
    if (!Object.values(data).every(text => typeof text === 'string'))
      return 'its data has values that are no text';
    if (!hasOnly(asJson(json), 'apiVersion', 'kind', 'metadata', 'data', 'immutable'))
      return 'a ConfigMap of the spec has texts alone';
    const hash = context.wanted.hashed.has(name) ? undefined : false;
    const entry = withoutEmpty({ hash, data, ...marksOf(object, context) });
    return [{ way: 'texts', entry, covers: [object] }];
  },
};
