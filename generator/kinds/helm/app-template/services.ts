import type { Path } from '../../../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import type { Brought } from '../../kind.ts';
import { copied, listPart, mapPart, type Part } from '../part.ts';
import { type App, type AppEntry, entriesOf } from './app.ts';
import { appObject } from './app-object.ts';
import { podLabels } from './controllers.ts';

/** The Services, with their ports; without a controller they are of the only one. */
export function services(app: App): Brought[] {
  return entriesOf(app, 'service').map(service => {
    const spec = mapPart(service.at, {
      type: fieldPart(service, 'type'),
      externalName: fieldPart(service, 'externalName'),
      ports: portsPart(service),
      selector: selectorPart(app, service),
    });
    return appObject(app, service, { apiVersion: 'v1', kind: 'Service' }, { spec });
  });
}

function fieldPart({ values, at }: AppEntry, field: string): Part | undefined {
  const text = textAt(values, field);
  return text === undefined ? undefined : copied([...at, field], text);
}

function selectorPart(app: App, { values, at }: AppEntry): Part {
  const [only] = entriesOf(app, 'controllers');
  const controller = textAt(values, 'controller') ?? only?.id ?? '';
  return copied(at, podLabels(app, controller));
}

function portsPart({ values, at }: AppEntry): Part | undefined {
  const ports = Object.entries(mapAt(values, 'ports')).flatMap(([name, port]) =>
    isMap(port) && port['enabled'] !== false && typeof port['port'] === 'number'
      ? [portPart(name, port, port['port'], [...at, 'ports', name])]
      : [],
  );
  return listPart([...at, 'ports'], ports);
}

function portPart(name: string, port: JsonObject, number: number, at: Path): Part {
  const { targetPort, protocol } = port;
  const isTarget = typeof targetPort === 'number' || typeof targetPort === 'string';
  return mapPart(at, {
    name: copied(at, name),
    port: copied([...at, 'port'], number),
    targetPort: isTarget ? copied([...at, 'targetPort'], targetPort) : undefined,
    protocol: protocol === 'UDP' ? copied([...at, 'protocol'], protocol) : undefined,
  });
}

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

function tlsPart({ values, at }: AppEntry): Part | undefined {
  const place = [...at, 'tls'];
  const entries = listAt(values, 'tls').flatMap((tls, index) => {
    const [secretName, own] = [textAt(tls, 'secretName'), [...place, index]];
    return isMap(tls) && secretName
      ? [mapPart(own, { secretName: copied([...own, 'secretName'], secretName) })]
      : [];
  });
  return listPart(place, entries);
}
