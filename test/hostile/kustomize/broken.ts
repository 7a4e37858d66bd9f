/** Stands for a secret wherever kustomize could print one. */
const SECRET = 'hunter2-Secret';

/** The forms in which it must not come out. */
export const PLANTED: readonly string[] = ['hunter2', Buffer.from(SECRET).toString('base64')];

/** A kustomization that does not build, and the first line that lint says of it. */
export interface Broken {
  readonly files: Readonly<Record<string, string>>;
  readonly says: string;
}

const map = `apiVersion: v1
kind: ConfigMap
metadata: { name: a }
data: { x: y }
`;

/** The ways in which a build fails, each with a secret where kustomize could print it. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  'a file that is not there': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
commonAnnotations: { note: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: there is no a.yaml [unreadable]',
  },
  'a folder without a kustomization': {
    files: {
      'kustomization.yaml': `resources: [base]
# ${SECRET}
`,
      'base/a.txt': `${SECRET}`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: base has no kustomization file, or a link that leads out of it [unreadable]',
  },
  'a literal without a key': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, literals: [${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:41: error: kustomize cannot build it: a literal of a generator is not key=value [unreadable]',
  },
  'a literal that begins with =': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, literals: [=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:41: error: kustomize cannot build it: a literal of a generator is not key=value [unreadable]',
  },
  'a literal of a function': {
    files: {
      'kustomization.yaml': `generators: [g.yaml]
`,
      'g.yaml': `apiVersion: builtin
kind: SecretGenerator
metadata: { name: a }
literals: [${SECRET}]
`,
    },
    says: 'prod/kustomization.yaml:1:14: error: kustomize cannot build it: a literal of a generator is not key=value [unreadable]',
  },
  'a file with two keys': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, files: [a=b=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:38: error: kustomize cannot build it: a file of a generator is neither a path nor key=path [unreadable]',
  },
  'a patch in a file that is no object': {
    files: {
      'kustomization.yaml': `patches: [{ path: p.yaml }]
`,
      'p.yaml': `password: ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:11: error: kustomize cannot build it: a patch is neither an object to merge nor a list of operations that fit [unreadable]',
  },
  'a patch in a file that is no YAML': {
    files: {
      'kustomization.yaml': `patches: [{ path: p.yaml }]
`,
      'p.yaml': `password: [${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:11: error: kustomize cannot build it: a patch is neither an object to merge nor a list of operations that fit [unreadable]',
  },
  'a patch in the entry that is no object': {
    files: {
      'kustomization.yaml': `patches: [{ patch: 'password ${SECRET}' }]
`,
    },
    says: 'prod/kustomization.yaml:1:11: error: kustomize cannot build it: a patch is neither an object to merge nor a list of operations that fit [unreadable]',
  },
  'a patch without a name': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patchesStrategicMerge: [p.yaml]
`,
      'a.yaml': map,
      'p.yaml': `kind: Secret
stringData: { p: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:2:25: error: kustomize cannot build it: a document of a file or a patch is no object with apiVersion, kind and metadata.name [unreadable]',
  },
  'operations that are no JSON': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ target: { kind: ConfigMap }, patch: '[{op: replace, path: /data/x, value: ${SECRET}}]' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:11: error: kustomize cannot build it: a patch is neither an object to merge nor a list of operations that fit [unreadable]',
  },
  'an operation on a field that is not there': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ target: { kind: ConfigMap }, patch: '[{"op": "replace", "path": "/spec/${SECRET}", "value": "${SECRET}"}]' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:11: error: kustomize cannot build it: a patch is neither an object to merge nor a list of operations that fit [unreadable]',
  },
  'old operations that are none': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patchesJson6902: [{ target: { version: v1, kind: ConfigMap, name: a }, patch: ${SECRET} }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:19: error: kustomize cannot build it: a file or a patch holds something else than kustomize takes there [unreadable]',
  },
  'a patch for nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ patch: '{apiVersion: v1, kind: Secret, metadata: {name: b}, stringData: {p: ${SECRET}}}' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:11: error: kustomize cannot build it: a patch is for Secret "b", which is not there [unreadable]',
  },
  'an object that is there twice': {
    files: {
      'kustomization.yaml': `resources: [a.yaml, b.yaml]
`,
      'a.yaml': map,
      'b.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: a }
data: { x: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:1:21: error: kustomize cannot build it: ConfigMap "a" is in it twice [unreadable]',
  },
  'a kustomization that is built on itself': {
    files: {
      'kustomization.yaml': `resources: [../prod]
# ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: ../prod is built on itself [unreadable]',
  },
  'kustomizations that are built on each other': {
    files: {
      'kustomization.yaml': `resources: [b]
`,
      'b/kustomization.yaml': `resources: [../../prod]
# ${SECRET}
`,
    },
    says: 'prod/b/kustomization.yaml:1:13: error: kustomize cannot build it: ../../prod is built on itself [unreadable]',
  },
  'a file beside its kustomization': {
    files: {
      'kustomization.yaml': `resources: [../other.yaml]
`,
      '../other.yaml': `password: ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: ../other.yaml is outside of the folder of its kustomization, where kustomize reads no files [unreadable]',
  },
  'a field that is not known': {
    files: {
      'kustomization.yaml': `resources: []
secretGenerator: [{ name: a, litterals: [p=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:2:30: error: kustomize cannot build it: "litterals" is no field that kustomize knows there [unreadable]',
  },
  'a map for a list': {
    files: {
      'kustomization.yaml': `resources: { a: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: "resources" holds what kustomize does not take there [unreadable]',
  },
  'a list for text': {
    files: {
      'kustomization.yaml': `namespace: [${SECRET}]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: "namespace" holds what kustomize does not take there [unreadable]',
  },
  'a number for text': {
    files: {
      'kustomization.yaml': `resources: []
images: [{ name: x, newTag: 1.0 }, { name: ${SECRET} }]
`,
    },
    says: 'prod/kustomization.yaml:2:21: error: kustomize cannot build it: "images.newTag" holds what kustomize does not take there [unreadable]',
  },
  'a list for an annotation': {
    files: {
      'kustomization.yaml': `resources: []
commonAnnotations: { password: [${SECRET}] }
`,
    },
    says: 'prod/kustomization.yaml:2:1: error: kustomize cannot build it: "commonAnnotations" holds what kustomize does not take there [unreadable]',
  },
  'a kustomization that is no YAML': {
    files: {
      'kustomization.yaml': `resources: [
${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:2:1: error: not valid YAML: a quote or bracket above is still open, or this line is indented too little [yaml-syntax]',
  },
  'a manifest that is no YAML': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
`,
      'a.yaml': `apiVersion: v1
kind: Secret
metadata: { name: a }
stringData: { p: ${SECRET}
`,
    },
    says: 'prod/a.yaml:5:1: error: kustomize cannot build it: not valid YAML: a quote or bracket above is still open, or this line is indented too little [unreadable]',
  },
  'a manifest without a name': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
`,
      'a.yaml': `apiVersion: v1
kind: Secret
stringData: { p: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: a document of a file or a patch is no object with apiVersion, kind and metadata.name [unreadable]',
  },
  'a manifest that is text': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
`,
      'a.yaml': `${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: a document of a file or a patch is no object with apiVersion, kind and metadata.name [unreadable]',
  },
  'a replacement of nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replacements: [{ source: { kind: Secret, name: ${SECRET.toLowerCase()} }, targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.x] }] }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:1: error: kustomize cannot build it: a replacement has no source, or no target [unreadable]',
  },
  'a replacement of a field that is not there': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replacements: [{ source: { kind: ConfigMap, fieldPath: data.${SECRET} }, targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.x] }] }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:1: error: kustomize cannot build it: a replacement has no source, or no target [unreadable]',
  },
  'replacements that are no YAML': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replacements: [{ path: r.yaml }]
`,
      'a.yaml': map,
      'r.yaml': `- ${SECRET}: [
`,
    },
    says: 'prod/r.yaml:2:1: error: kustomize cannot build it: not valid YAML: a quote or bracket above is still open, or this line is indented too little [unreadable]',
  },
  'a var of nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
vars: [{ name: ${SECRET}, objref: { kind: Secret, name: ${SECRET}, apiVersion: v1 } }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:1: error: kustomize cannot build it: a var stands for a field that is not there [unreadable]',
  },
  'crds that are none': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
crds: [c.yaml]
`,
      'a.yaml': map,
      'c.yaml': `${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:2:8: error: kustomize cannot build it: a file or a patch holds something else than kustomize takes there [unreadable]',
  },
  'configurations that are no YAML': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
configurations: [c.yaml]
`,
      'a.yaml': map,
      'c.yaml': `${SECRET}: [x
`,
    },
    says: 'prod/c.yaml:2:1: error: kustomize cannot build it: not valid YAML: a quote or bracket above is still open, or this line is indented too little [unreadable]',
  },
  'replicas of nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replicas: [{ name: ${SECRET}, count: 3 }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:2:1: error: kustomize cannot build it: replicas name a workload that is not there [unreadable]',
  },
  'a component that is none': {
    files: {
      'kustomization.yaml': `components: [b]
`,
      'b/kustomization.yaml': `configMapGenerator: [{ name: a, literals: [p=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:14: error: kustomize cannot build it: b is listed under components and is no Component [unreadable]',
  },
  'a base that is a component': {
    files: {
      'kustomization.yaml': `resources: [b]
`,
      'b/kustomization.yaml': `kind: Component
configMapGenerator: [{ name: a, literals: [p=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: kustomize cannot build it: b is a Component, which only components may list [unreadable]',
  },
  'a generator that merges into nothing': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, behavior: merge, literals: [p=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:27: error: kustomize cannot build it: the generator "a" merges into what is not there [unreadable]',
  },
  'two generators of one name': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, literals: [p=${SECRET}] }, { name: a, literals: [p=x] }]
`,
    },
    says: 'prod/kustomization.yaml:1:70: error: kustomize cannot build it: the generator "a" makes what is there already [unreadable]',
  },
  'an empty kustomization': {
    files: {
      'kustomization.yaml': `# ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: a kustomization is empty [unreadable]',
  },
  'a kind that is none': {
    files: {
      'kustomization.yaml': `kind: ${SECRET}
resources: []
`,
    },
    says: 'prod/kustomization.yaml:1:7: error: kustomize cannot build it: it has a kind or an apiVersion that no kustomization has [unreadable]',
  },
  'two kustomization files': {
    files: {
      'kustomization.yaml': `resources: []
`,
      Kustomization: `resources: []
# ${SECRET}
`,
    },
    says: 'prod/Kustomization:1:1: error: kustomize cannot build it: its folder has several kustomization files [unreadable]',
  },
  'an address with a login': {
    files: {
      'kustomization.yaml': `resources: ['https://user:${SECRET}@example.invalid/x.yaml']
`,
    },
    says: 'prod/kustomization.yaml:1:13: warning: not read: remote: https://…@example.invalid/x.yaml [not-read]',
  },
  'an address with a token': {
    files: {
      'kustomization.yaml': `resources: ['https://example.invalid/x.yaml?token=${SECRET}']
`,
    },
    says: 'prod/kustomization.yaml:1:13: warning: not read: remote: https://example.invalid/x.yaml?token=… [not-read]',
  },
  'a chart with a login': {
    files: {
      'kustomization.yaml': `helmCharts: [{ name: c, repo: 'https://user:${SECRET}@example.invalid' }]
`,
    },
    says: 'prod/kustomization.yaml:1:14: warning: not read: a Helm chart: c [not-read]',
  },
  'a function that is a program': {
    files: {
      'kustomization.yaml': `transformers: [t.yaml]
`,
      't.yaml': `apiVersion: v1
kind: Fn
metadata: { name: a, annotations: { config.kubernetes.io/function: 'exec: { path: ./${SECRET} }' } }
`,
    },
    says: 'prod/kustomization.yaml:1:16: error: kustomize cannot build it: it runs functions that are no part of kustomize [unreadable]',
  },
  'a function with a file that is not there': {
    files: {
      'kustomization.yaml': `transformers: [t.yaml]
`,
      't.yaml': `apiVersion: builtin
kind: PatchTransformer
metadata: { name: a }
path: ${SECRET}.yaml
`,
    },
    says: 'prod/kustomization.yaml:1:16: error: kustomize cannot build it: a file or folder that it names is not there [unreadable]',
  },
  'a function that is no YAML': {
    files: {
      'kustomization.yaml': `transformers: ['{apiVersion: builtin, kind: ${SECRET}: [']
`,
    },
    says: 'prod/kustomization.yaml:1:16: error: not valid YAML: a comma is missing before this [yaml-syntax]',
  },
  'a key of a file of variables': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, envs: [e.env] }]
`,
      'e.env': `=${SECRET}
`,
    },
    says: 'no findings in 1 object',
  },
  'an alias of nothing': {
    files: {
      'kustomization.yaml': `resources: [*${SECRET}]
`,
    },
    says: 'prod/kustomization.yaml:1:13: error: not valid YAML: the alias stands for an anchor (&name) that is not before it [yaml-syntax]',
  },
};
