import { objectsOf } from '../../machine.ts';
import type { Place } from '../moto.ts';
import type { HandMade } from '../sets.ts';

/** An object, to be broken. */
// biome-ignore lint/suspicious/noExplicitAny: a case writes into it whatever breaks it.
export type Part = any;

/** A small stack in a namespace of its own: a parameter, a store, an ExternalSecret and what reads it. */
export class Stack {
  readonly namespace: string;
  objects: Part[];
  /** Made by hand, in this namespace. */
  byHand: readonly Omit<HandMade, 'namespace'>[] = [];
  /** What is in Parameter Store, by name; whatever the value is, nobody sees it. */
  parameters: Record<string, string>;

  constructor(namespace: string) {
    this.namespace = namespace;
    this.objects = objectsOf(manifests(namespace));
    this.parameters = { token: 'made-up' };
  }

  /** The first of a kind. */
  one(kind: string): Part {
    const found = this.objects.find(object => object.kind === kind);
    if (found === undefined) throw new Error(`the stack has no ${kind}`);
    return found;
  }

  remove(kind: string): void {
    this.objects = this.objects.filter(object => object.kind !== kind);
  }

  add(yaml: string): void {
    const named = yaml.replaceAll('NAMESPACE', this.namespace);
    this.objects.push(...objectsOf(named));
  }
}

/** Where the parameters of a stack are. */
export function placeIn(namespace: string, name: string): Place {
  return { service: 'ParameterStore', region: 'eu-central-1', key: `/${namespace}/${name}` };
}

function manifests(namespace: string): string {
  return `
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: aws, namespace: ${namespace} }
spec: { provider: { aws: { service: ParameterStore, region: eu-central-1 } } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: api, namespace: ${namespace} }
spec:
  refreshInterval: 1h
  secretStoreRef: { kind: SecretStore, name: aws }
  target: { name: api }
  data:
    - { secretKey: token, remoteRef: { key: /${namespace}/token } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec:
      containers:
        - name: app
          image: example/app:1
          env:
            - { name: TOKEN, valueFrom: { secretKeyRef: { name: api, key: token } } }
`;
}
