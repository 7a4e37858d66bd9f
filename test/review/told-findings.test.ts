import { expect, test } from 'vitest';
import { riskRules } from '../../generator/diff/risk-rules.ts';
import { rules } from '../../generator/lint/rules.ts';
import { main } from '../../generator/main.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf } from '../machine.ts';

const secret = `
apiVersion: v1
kind: Secret
metadata: { name: api, namespace: shop }
stringData: { key: not-a-secret }
`;
const reader = (name: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  template:
    spec:
      containers:
        - name: a
          image: shop
          env:
            - { name: A, valueFrom: { secretKeyRef: { name: api, key: key } } }
            - { name: B, valueFrom: { secretKeyRef: { name: api, key: key } } }
`;

test('what a risk tells of several places and objects, lint does not repeat', async () => {
  const readers = `${reader('web')}---${reader('worker')}`;
  const folder = folderOf({ 'base.yaml': `${secret}---${readers}`, 'head.yaml': readers });
  let stdout = '';
  await main(['--format', 'json', 'diff', '--base', 'base.yaml', '--head', 'head.yaml'], {
    ...nodeHost(folder),
    stdout: text => {
      stdout += text;
    },
  });
  const { risks, findings } = JSON.parse(stdout);
  expect(risks).toMatchObject([{ rule: 'secret-lost', related: [{}, {}] }]);
  expect(findings).toEqual([]);
});

test('risks tell for lint rules that there are', () => {
  const ids = rules.map(({ id }) => id);
  expect(riskRules.flatMap(({ tells }) => tells).filter(id => !ids.includes(id))).toEqual([]);
});
