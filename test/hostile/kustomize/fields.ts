/** A place in which a kustomization can name something to load. */
export interface Field {
  readonly name: string;
  /** The text of the kustomization, and of what it names, for an address. */
  readonly files: (address: string) => Readonly<Record<string, string>>;
}

/** A kustomization of these lines, with one object of its own. */
function kustomization(
  name: string,
  write: (address: string) => string,
  more: (address: string) => Readonly<Record<string, string>> = () => ({}),
): Field {
  return {
    name,
    files: address => ({ 'kustomization.yaml': `${write(address)}\n`, ...more(address) }),
  };
}

/** One line that sets up a function of kustomize's own. */
function builtin(kind: string, fields: string): string {
  return `{apiVersion: builtin, kind: ${kind}, metadata: {name: f}, ${fields}}`;
}

const FUNCTIONS: Readonly<Record<string, (address: string) => string>> = {
  PatchTransformer: address => builtin('PatchTransformer', `path: '${address}'`),
  PatchJson6902Transformer: address =>
    builtin('PatchJson6902Transformer', `target: {kind: A, name: a}, path: '${address}'`),
  PatchStrategicMergeTransformer: address =>
    builtin('PatchStrategicMergeTransformer', `paths: ['${address}']`),
  ReplacementTransformer: address =>
    builtin('ReplacementTransformer', `replacements: [{path: '${address}'}]`),
  ValueAddTransformer: address => builtin('ValueAddTransformer', `targetFilePath: '${address}'`),
};

const GENERATORS: Readonly<Record<string, (address: string) => string>> = {
  ConfigMapGenerator: address => builtin('ConfigMapGenerator', `files: ['k=${address}']`),
  SecretGenerator: address => builtin('SecretGenerator', `envs: ['${address}']`),
  'SecretGenerator, env': address => builtin('SecretGenerator', `ENV: '${address}'`),
};

const quoted = (text: string): string => JSON.stringify(text);

/** Every field, plain and in the odd forms that kustomize reads too. */
export const FIELDS: readonly Field[] = [
  kustomization('resources', a => `resources: [${quoted(a)}]`),
  kustomization('bases', a => `bases: [${quoted(a)}]`),
  kustomization('components', a => `components: [${quoted(a)}]`),
  kustomization('crds', a => `crds: [${quoted(a)}]`),
  kustomization('configurations', a => `configurations: [${quoted(a)}]`),
  kustomization('openapi', a => `openapi: {path: ${quoted(a)}}`),
  kustomization('patches', a => `patches: [{path: ${quoted(a)}, target: {kind: A}}]`),
  kustomization('patchesStrategicMerge', a => `patchesStrategicMerge: [${quoted(a)}]`),
  kustomization(
    'patchesJson6902',
    a => `patchesJson6902: [{path: ${quoted(a)}, target: {version: v1, kind: A, name: a}}]`,
  ),
  kustomization('replacements', a => `replacements: [{path: ${quoted(a)}}]`),
  ...['configMapGenerator', 'secretGenerator'].flatMap(generator => [
    kustomization(`${generator} files`, a => `${generator}: [{name: g, files: [${quoted(a)}]}]`),
    kustomization(
      `${generator} files with a key`,
      a => `${generator}: [{name: g, files: [${quoted(`k=${a}`)}]}]`,
    ),
    kustomization(`${generator} envs`, a => `${generator}: [{name: g, envs: [${quoted(a)}]}]`),
    kustomization(`${generator} env`, a => `${generator}: [{name: g, env: ${quoted(a)}}]`),
  ]),
  kustomization(
    'helmCharts',
    a => `helmCharts: [{name: c, repo: ${quoted(a)}, valuesFile: ${quoted(a)}}]`,
  ),
  kustomization(
    'helmChartInflationGenerator',
    a => `helmChartInflationGenerator: [{chartName: c, chartRepoUrl: ${quoted(a)}}]`,
  ),
  ...['generators', 'transformers', 'validators'].map(field =>
    kustomization(field, a => `${field}: [${quoted(a)}]`),
  ),
  ...Object.entries(FUNCTIONS).flatMap(([kind, write]) => [
    kustomization(`${kind} in the entry`, a => `transformers: [${quoted(write(a))}]`),
    kustomization(
      `${kind} in a file`,
      () => 'transformers: [f.yaml]',
      a => ({ 'f.yaml': write(a) }),
    ),
  ]),
  kustomization(
    'PatchTransformer as a validator',
    a => `validators: [${quoted(builtin('PatchTransformer', `path: '${a}'`))}]`,
  ),
  kustomization(
    'PatchTransformer in a List',
    () => 'transformers: [f.yaml]',
    a => ({
      'f.yaml': `{apiVersion: v1, kind: List, items: [${builtin('PatchTransformer', `path: '${a}'`)}]}`,
    }),
  ),
  kustomization(
    'PatchTransformer of another group-less version',
    a =>
      `transformers: [${quoted(builtin('PatchTransformer', `path: '${a}'`).replace('builtin', '/builtin'))}]`,
  ),
  kustomization(
    'PatchTransformer in a folder',
    () => 'transformers: [f]',
    a => ({
      'f/kustomization.yaml': 'resources: [f.yaml]\n',
      'f/f.yaml': builtin('PatchTransformer', `path: '${a}'`),
    }),
  ),
  kustomization(
    'PatchTransformer in a folder that gives it a name',
    () => 'transformers: [f]',
    a => ({
      'f/kustomization.yaml': 'resources: [f.yaml]\nnamespace: other\nnamePrefix: x-\n',
      'f/f.yaml': builtin('PatchTransformer', `path: '${a}'`),
    }),
  ),
  kustomization(
    'PatchTransformer that is put together by a replacement',
    () => 'transformers: [f]',
    a => ({
      'f/kustomization.yaml': `resources: [f.yaml]
replacements:
  - source: {kind: PatchTransformer, fieldPath: metadata.annotations.s}
    targets: [{select: {kind: PatchTransformer}, fieldPaths: [path], options: {delimiter: ':', index: 0}}]
`,
      'f/f.yaml': `apiVersion: builtin
kind: PatchTransformer
metadata: {name: f, annotations: {s: '${/^\w+/.exec(a)?.[0]}'}}
path: '${a.replace(/^\w+/, 'x')}'
`,
    }),
  ),
  ...Object.entries(GENERATORS).map(([kind, write]) =>
    kustomization(`generator ${kind}`, a => `generators: [${quoted(write(a))}]`),
  ),
  kustomization('a name in another case', a => `reSources: [${quoted(a)}]`),
  kustomization('a name that only Unicode folds', a => `re\u017fources: [${quoted(a)}]`),
  kustomization('two names that fold to one', a => `Resources: [${quoted(a)}]\nresources: []`),
  kustomization('a kustomization in JSON', a => `{"resources": [${quoted(a)}]}`),
  kustomization('an alias', a => `commonAnnotations: {a: &a ${quoted(a)}}\nresources: [*a]`),
  kustomization(
    'a merge key behind what it changes in YAML 1.1 only',
    a => `resources: [a.yaml]\n<<: {resources: [${quoted(a)}]}`,
    () => ({ 'a.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n' }),
  ),
  kustomization('a name that is there twice', a => `resources: []\nresources: [${quoted(a)}]`),
  kustomization(
    'a break of lines that YAML 1.2 has not',
    a => `resources:\n- a.yaml\u0085- ${a}`,
    () => ({ 'a.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n' }),
  ),
  kustomization('escapes', a => `resources: ["\\u0068${a.slice(1)}"]`),
  kustomization('a second document before', a => `---\n---\nresources: [${quoted(a)}]`),
  kustomization('a tag', a => `resources: [!!str ${quoted(a)}]`),
  kustomization('a folded text', a => `resources:\n- >-\n  ${a}`),
  {
    name: 'kustomization.yml',
    files: a => ({ 'kustomization.yml': `resources: [${quoted(a)}]\n` }),
  },
  { name: 'Kustomization', files: a => ({ Kustomization: `resources: [${quoted(a)}]\n` }) },
  kustomization(
    'a base of a base',
    () => 'resources: [b]',
    a => ({
      'b/kustomization.yaml': 'resources: [c]\n',
      'b/c/kustomization.yaml': `resources: [${quoted(a)}]\n`,
    }),
  ),
  kustomization(
    'a component',
    () => 'components: [b]',
    a => ({
      'b/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [${quoted(a)}]\n`,
    }),
  ),
];
