import { realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { withInstalled } from './installed.ts';
import {
  type Command,
  compare,
  cpuOf,
  helm,
  launcher,
  peakMemoryOf,
  type Row,
  settled,
} from './measure.ts';
import { applications, applicationsJson, withFolder } from './specs.ts';

/** How many applications, and the most that we may take for each second of Helm. */
const SIZES = [
  [3, 1.6],
  [100, 1.6],
  [1000, 2.2],
  [5000, 2],
] as const;

/** The same applications rendered by Helm, which checks and resolves nothing; and what a first run costs. */
export function peers(): Row[] {
  const files = SIZES.flatMap(([count]) => filesOf(count));
  return withFolder(Object.fromEntries(files), folder => {
    const render = (count: number, program = launcher('rem-secrets')): Command => ({
      argv: [program, '--file', join(folder, `${count}.yaml`), 'render'],
    });
    settled(render(SIZES[0][0]));
    const rows = SIZES.map(([count, target]): Row => {
      const argv = [helm(), 'template', 'bench', join(folder, `chart-${count}`)];
      const { ratio: value } = compare(
        () => cpuOf(render(count)),
        () => cpuOf({ argv }),
        count < 1000 ? 9 : 3,
      );
      const what = `${count} applications: render ÷ helm template, CPU`;
      return { id: 'k', what, value, unit: 'ratio', target };
    });
    const memory = peakMemoryOf(render(3));
    return [
      ...rows,
      {
        id: 'k',
        what: '3 applications: render, peak memory',
        value: memory,
        unit: 'MB',
        target: 66,
      },
      ...withInstalled(bin => [firstRun(render(3, join(bin, 'rem-secrets')))]),
    ];
  });
}

/** A run without the code that earlier ones have kept, against one with it. */
function firstRun(command: Command): Row {
  const [program = ''] = command.argv;
  const compiled = join(dirname(realpathSync(program)), '../compiled');
  const { ratio } = compare(
    () => {
      rmSync(compiled, { recursive: true, force: true });
      const first = cpuOf(command);
      settled(command);
      return first;
    },
    () => cpuOf(command),
    9,
  );
  const what = 'installed: first ÷ fourth run of render, CPU';
  return { id: 'k', what, value: ratio, unit: 'ratio', target: 2.4 };
}

function filesOf(count: number): [path: string, text: string][] {
  return [
    [`${count}.yaml`, applications(count)],
    [`chart-${count}/Chart.yaml`, 'apiVersion: v2\nname: bench\nversion: 1.0.0\n'],
    [`chart-${count}/values.yaml`, applicationsJson(count)],
    [`chart-${count}/templates/apps.yaml`, TEMPLATE],
  ];
}

/** An ExternalSecret, a Deployment and a Service each, as people write charts. */
const TEMPLATE = `{{- range .Values.apps }}
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: {{ .name }}
  namespace: {{ $.Values.namespace }}
spec:
  refreshInterval: 1h
  secretStoreRef: { kind: ClusterSecretStore, name: {{ $.Values.store }} }
  target: { name: {{ .name }} }
  data:
    {{- range .keys }}
    - secretKey: {{ .key }}
      remoteRef: { key: {{ .from | quote }} }
    {{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ $.Values.namespace }}
spec:
  selector: { matchLabels: { app.kubernetes.io/name: {{ .name }} } }
  template:
    metadata: { labels: { app.kubernetes.io/name: {{ .name }} } }
    spec:
      containers:
        - name: {{ .name }}
          image: {{ .image | quote }}
          ports: [{ name: http, containerPort: {{ .port }} }]
          env:
            {{- $name := .name }}
            {{- range .keys }}
            - name: {{ .variable }}
              valueFrom: { secretKeyRef: { name: {{ $name }}, key: {{ .key }} } }
            {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  namespace: {{ $.Values.namespace }}
spec:
  selector: { app.kubernetes.io/name: {{ .name }} }
  ports: [{ name: http, port: {{ .port }}, targetPort: http }]
---
{{- end }}
`;
