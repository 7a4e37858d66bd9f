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
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: loading KV pairs: literal sources […]: invalid literal source …, expected key=value [unreadable]',
  },
  'a literal that begins with =': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, literals: [=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: loading KV pairs: literal sources [=…]: invalid literal source =…, expected key=value [unreadable]',
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
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: loading KV pairs: literal sources […]: invalid literal source …, expected key=value [unreadable]',
  },
  'a file with two keys': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, files: [a=b=${SECRET}] }]
`,
    },
    says: `prod/kustomization.yaml:1:1: error: kustomize cannot build it: loading KV pairs: file sources: [a=b=…]: source "a=b=…" key name or file path contains '=' [unreadable]`,
  },
  'a patch in a file that is no object': {
    files: {
      'kustomization.yaml': `patches: [{ path: p.yaml }]
`,
      'p.yaml': `password: ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch from [path: "p.yaml"] [unreadable]',
  },
  'a patch in a file that is no YAML': {
    files: {
      'kustomization.yaml': `patches: [{ path: p.yaml }]
`,
      'p.yaml': `password: [${SECRET}
`,
    },
    says: 'prod/p.yaml:2:1: error: kustomize cannot build it: not valid YAML: a quote or bracket above is still open, or this line is indented too little [unreadable]',
  },
  'a patch in the entry that is no object': {
    files: {
      'kustomization.yaml': `patches: [{ patch: 'password ${SECRET}' }]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch from [patch: "… …"] [unreadable]',
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
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: trouble configuring builtin PatchStrategicMergeTransformer: missing ….… in object {{ Secret} {{ } map[] map[]}} [unreadable]',
  },
  'operations that are no JSON': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ target: { kind: ConfigMap }, patch: '[{op: replace, path: /data/x, value: ${SECRET}}]' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: trouble configuring builtin PatchTransformer: unable to parse SM or JSON patch from [patch: "[{op: …, path: x, value: …}]"] [unreadable]',
  },
  'an operation on a field that is not there': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ target: { kind: ConfigMap }, patch: '[{"op": "replace", "path": "/spec/${SECRET}", "value": "${SECRET}"}]' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: … operation does not apply: doc is missing path: …: missing value [unreadable]',
  },
  'old operations that are none': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patchesJson6902: [{ target: { version: v1, kind: ConfigMap, name: a }, patch: ${SECRET} }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: trouble configuring builtin PatchJson6902Transformer: decoding "…": json: cannot unmarshal string into Go value of type jsonpatch.Patch [unreadable]',
  },
  'a patch for nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
patches: [{ patch: '{apiVersion: v1, kind: Secret, metadata: {name: b}, stringData: {p: ${SECRET}}}' }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: no resource matches strategic merge patch "Secret.v1.[noGrp]/b.[noNs]": no matches for Id Secret.v1.[noGrp]/b.[noNs]; failed to find unique target for patch Secret.v1.[noGrp]/b.[noNs] [unreadable]',
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
    says: "prod/kustomization.yaml:1:21: error: kustomize cannot build it: accumulating resources: accumulation err='merging resources from 'b.yaml': may not add resource with an already registered id: ConfigMap.v1.[noGrp]/a.[noNs]': must build at directory: 'b.yaml': file is not directory [unreadable]",
  },
  'a kustomization that is built on itself': {
    files: {
      'kustomization.yaml': `resources: [../prod]
# ${SECRET}
`,
    },
    says: "prod/kustomization.yaml:1:13: error: kustomize cannot build it: accumulating resources: accumulation err='accumulating resources from '../prod': 'prod' must resolve to a file': cycle detected: candidate root 'prod' contains visited root 'prod' [unreadable]",
  },
  'kustomizations that are built on each other': {
    files: {
      'kustomization.yaml': `resources: [b]
`,
      'b/kustomization.yaml': `resources: [../../prod]
# ${SECRET}
`,
    },
    says: "prod/b/kustomization.yaml:1:13: error: kustomize cannot build it: accumulating resources: accumulation err='accumulating resources from '../../prod': 'prod' must resolve to a file': cycle detected: candidate root 'prod' contains visited root 'b' [unreadable]",
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
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: invalid Kustomization: json: unknown field "litterals" [unreadable]',
  },
  'a map for a list': {
    files: {
      'kustomization.yaml': `resources: { a: ${SECRET} }
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: invalid Kustomization: json: cannot unmarshal object into Go struct field Kustomization.resources of type []string [unreadable]',
  },
  'a list for text': {
    files: {
      'kustomization.yaml': `namespace: [${SECRET}]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: invalid Kustomization: json: cannot unmarshal array into Go struct field Kustomization.namespace of type string [unreadable]',
  },
  'a number for text': {
    files: {
      'kustomization.yaml': `resources: []
images: [{ name: x, newTag: 1.0 }, { name: ${SECRET} }]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: invalid Kustomization: json: cannot unmarshal number into Go struct field Image.images.newTag of type string [unreadable]',
  },
  'a list for an annotation': {
    files: {
      'kustomization.yaml': `resources: []
commonAnnotations: { password: [${SECRET}] }
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: invalid Kustomization: json: cannot unmarshal array into Go struct field Kustomization.commonAnnotations of type string [unreadable]',
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
    says: "prod/kustomization.yaml:1:13: error: kustomize cannot build it: accumulating resources: accumulation err='accumulating resources from 'a.yaml': missing metadata.name in object {{v1 Secret} {{ } map[] map[]}}': must build at directory: 'a.yaml': file is not directory [unreadable]",
  },
  'a manifest that is text': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
`,
      'a.yaml': `${SECRET}
`,
    },
    says: "prod/kustomization.yaml:1:13: error: kustomize cannot build it: accumulating resources: accumulation err='accumulating resources from 'a.yaml': missing Resource metadata': must build at directory: 'a.yaml': file is not directory [unreadable]",
  },
  'a replacement of nothing': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replacements: [{ source: { kind: Secret, name: ${SECRET.toLowerCase()} }, targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.x] }] }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: nothing selected by Secret.[noVer].[noGrp]/….[noNs] [unreadable]',
  },
  'a replacement of a field that is not there': {
    files: {
      'kustomization.yaml': `resources: [a.yaml]
replacements: [{ source: { kind: ConfigMap, fieldPath: data.${SECRET} }, targets: [{ select: { kind: ConfigMap }, fieldPaths: [data.x] }] }]
`,
      'a.yaml': map,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: fieldPath `….…` is missing for replacement source ConfigMap.[noVer].[noGrp]/[noName].[noNs] [unreadable]',
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
    says: "prod/kustomization.yaml:1:1: error: kustomize cannot build it: var '{… Secret.v1.[noGrp] {….name}}' cannot be mapped to a field in the set of known resources [unreadable]",
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
    says: "prod/kustomization.yaml:2:8: error: kustomize cannot build it: loading CRDs [c.yaml]: unable to parse open API definition from 'c.yaml': error unmarshaling JSON: while decoding JSON: json: cannot unmarshal string into Go value of type accumulator.nameToApiMap [unreadable]",
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
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: resource with name … does not match a config with the following GVK [Deployment.[noVer].[noGrp] StatefulSet.[noVer].[noGrp] ReplicaSet.[noVer].[noGrp] ReplicationController.[noVer].[noGrp]] [unreadable]',
  },
  'a component that is none': {
    files: {
      'kustomization.yaml': `components: [b]
`,
      'b/kustomization.yaml': `configMapGenerator: [{ name: a, literals: [p=${SECRET}] }]
`,
    },
    says: `prod/kustomization.yaml:1:1: error: kustomize cannot build it: accumulating components: accumulateDirectory: "expected kind 'Component' for path 'b' but got 'Kustomization'" [unreadable]`,
  },
  'a base that is a component': {
    files: {
      'kustomization.yaml': `resources: [b]
`,
      'b/kustomization.yaml': `kind: Component
configMapGenerator: [{ name: a, literals: [p=${SECRET}] }]
`,
    },
    says: "prod/kustomization.yaml:1:13: error: kustomize cannot build it: accumulating resources: accumulation err='accumulating resources from 'b': 'b' must resolve to a file': expected kind != 'Component' for path 'b' [unreadable]",
  },
  'a generator that merges into nothing': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, behavior: merge, literals: [p=${SECRET}] }]
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: merging from generator …: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"Secret", isClusterScoped:false}, Name:"a", Namespace:""} does not exist; cannot … or replace [unreadable]',
  },
  'two generators of one name': {
    files: {
      'kustomization.yaml': `secretGenerator: [{ name: a, literals: [p=${SECRET}] }, { name: a, literals: [p=x] }]
`,
    },
    says: `prod/kustomization.yaml:1:1: error: kustomize cannot build it: merging from generator …: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"Secret", isClusterScoped:false}, Name:"a", Namespace:""} exists; can not use behavior: 'unspecified', behavior must be merge or replace [unreadable]`,
  },
  'an empty kustomization': {
    files: {
      'kustomization.yaml': `# ${SECRET}
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: kustomization.yaml is empty [unreadable]',
  },
  'a kind that is none': {
    files: {
      'kustomization.yaml': `kind: ${SECRET}
resources: []
`,
    },
    says: 'prod/kustomization.yaml:1:1: error: kustomize cannot build it: Failed to read kustomization file under prod: kind should be Kustomization or Component [unreadable]',
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
    says: "prod/kustomization.yaml:1:1: error: kustomize cannot build it: plugin PatchTransformer.builtin.[noGrp]/a.[noNs] fails configuration: failed to get the patch file from path(….yaml): evalsymlink failure on '….yaml' : lstat ….yaml: no such file or directory [unreadable]",
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
