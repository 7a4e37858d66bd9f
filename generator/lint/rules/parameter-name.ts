import { listAt, textAt } from '../../core/json.ts';
import { awsReads, isNameOutside } from '../../graph/aws-entries.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { PARAMETER_NAMES, parameterNameFault } from '../../kinds/eso/aws-calls.ts';
import { pushedStores, pushSecret } from '../../kinds/eso/cluster-kinds.ts';
import { awsStore } from '../../kinds/eso/stores.ts';
import { type ObjectField, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

export const parameterName: Rule = {
  id: 'parameter-name',
  severity: 'error',
  summary: 'Each Parameter Store name is one that AWS accepts.',

  *check(graph) {
    for (const { object, path, name } of [...reads(graph), ...writes(graph)]) {
      const plain = withoutSelector(name);
      const wrong = plain === '' || isNameOutside(plain) ? undefined : parameterNameFault(plain);
      if (wrong === undefined) continue;
      yield {
        object,
        path,
        message: `"${name}" cannot be the name of a parameter: ${wrong}`,
        hint: PARAMETER_NAMES,
      };
    }
  },
};

interface Named extends ObjectField {
  readonly name: string;
}

function reads(graph: SecretGraph): Named[] {
  return awsReads(graph).flatMap(({ object, path, store, name }) =>
    store.service === 'ParameterStore' && name !== undefined ? [{ object, path, name }] : [],
  );
}

/** What PushSecrets write to a store. */
function writes({ byKind, find }: SecretGraph): Named[] {
  return byKind(pushSecret).flatMap(object => {
    const stores = pushedStores(object).flatMap(ref => {
      const store = storeOf(find, ref, object.namespace);
      return store === undefined ? [] : (awsStore(store) ?? []);
    });
    const store = stores.find(({ service }) => service === 'ParameterStore');
    if (store === undefined) return [];
    const prefix = textAt(store.settings, 'prefix') ?? '';
    return listAt(specOf(object), 'data').flatMap((entry, index): Named[] => {
      const name = textAt(entry, 'match', 'remoteRef', 'remoteKey');
      const path = ['spec', 'data', index, 'match', 'remoteRef', 'remoteKey'];
      return name === undefined ? [] : [{ object, path, name: prefix + name }];
    });
  });
}

/** `name:3` and `name:label` read a version. */
function withoutSelector(name: string): string {
  return name.startsWith('arn:') ? name : name.replace(/:[\w.-]+$/, '');
}
