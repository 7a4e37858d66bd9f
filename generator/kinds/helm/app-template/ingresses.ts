import { isMap, listAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import { type App, type Entry, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';

/** The Ingresses with their certificates; the Services behind them are the library's matter. */
export function ingresses(app: App): Brought[] {
  return entriesOf(app, 'ingress').map(entry =>
    appObject(
      app,
      entry,
      { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
      { spec: mapPart(entry.at, { tls: tlsPart(entry) }) },
    ),
  );
}

function tlsPart({ values, at }: Entry): Part | undefined {
  const place = [...at, 'tls'];
  const entries = listAt(values, 'tls').flatMap((tls, index) => {
    const [secretName, own] = [textAt(tls, 'secretName'), [...place, index]];
    return isMap(tls) && secretName
      ? [mapPart(own, { secretName: copied([...own, 'secretName'], secretName) })]
      : [];
  });
  return listPart(place, entries);
}
