import type { BrokenCases } from './case.ts';
import type { Part, Stack } from './stack.ts';

/** The container reads a Secret that is made by hand. */
function readingByHand(stack: Stack): void {
  containerIn(stack).env[0].valueFrom.secretKeyRef = { name: 'login', key: 'token' };
}

function containerIn(stack: Stack): Part {
  return stack.one('Deployment').spec.template.spec.containers[0];
}

const CLUSTER = `
apiVersion: postgresql.cnpg.io/v1
kind: Cluster
metadata: { name: db, namespace: NAMESPACE }
spec:
  instances: 1
  storage: { size: 1Gi }
  bootstrap: { initdb: { database: shop, owner: shop } }
`;

/** What keeps the Secret from a program, or a database from its login. */
export const podCases: BrokenCases = {
  'by-hand-missing': {
    wrong: readingByHand,
    secret: 'login',
    link: 'secret',
    words: 'there is no Secret "login"',
  },
  'by-hand-key': {
    wrong: stack => {
      readingByHand(stack);
      stack.byHand = [{ name: 'login', keys: ['Token'] }];
    },
    secret: 'login',
    link: 'keys',
    words: 'it has "Token"',
  },
  'workload-not-applied': {
    drifted: stack => stack.remove('Deployment'),
    link: 'pods',
    words: 'there is no Deployment "app"',
  },
  'variable-refused': {
    drifted: stack => {
      containerIn(stack).env[0].valueFrom.secretKeyRef.key = 'former-token';
    },
    link: 'pods',
    words: "couldn't find key former-token in Secret",
  },
  'volume-refused': {
    drifted: stack => {
      const items = [{ key: 'former-token', path: 'token' }];
      stack.one('Deployment').spec.template.spec.volumes = [
        { name: 'token', secret: { secretName: 'api', items } },
      ];
    },
    link: 'pods',
    words: 'references non-existent secret key: former-token',
  },
  'initdb-secret': {
    wrong: stack => {
      stack.add(CLUSTER);
      stack.one('Cluster').spec.bootstrap.initdb.secret = { name: 'owner' };
    },
    secret: 'owner',
    link: 'secret',
    words: 'there is no Secret "owner"',
  },
  'initdb-key': {
    wrong: stack => {
      stack.add(CLUSTER);
      stack.one('Cluster').spec.bootstrap.initdb.secret = { name: 'owner' };
      stack.byHand = [{ name: 'owner', keys: ['password'] }];
    },
    secret: 'owner',
    link: 'keys',
    words: 'it has "password"',
  },
  'cluster-catalog': {
    wrong: stack => {
      stack.add(CLUSTER);
      stack.one('Cluster').spec.imageCatalogRef = {
        apiGroup: 'postgresql.cnpg.io',
        kind: 'ImageCatalog',
        name: 'absent',
        major: 17,
      };
    },
    secret: 'db-app',
    link: 'secret',
    words: 'Cluster has incomplete or invalid image catalog',
  },
  'cluster-plugin': {
    wrong: stack => {
      stack.add(CLUSTER);
      stack.one('Cluster').spec.plugins = [{ name: 'absent.example.com', isWALArchiver: true }];
    },
    secret: 'db-app',
    link: 'secret',
    words: 'unknown plugin being required',
  },
};
