import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type Command,
  compare,
  cpuOf,
  kustomize,
  launcher,
  outputOf,
  type Row,
} from './measure.ts';
import { applications, applicationsJson, withFolder } from './specs.ts';

const COUNT = 1000;
const KINDS = /^kind: (ExternalSecret|Deployment|Service)$/m;
const reference = fileURLToPath(new URL('json-templates.mjs', import.meta.url));

/** Rendering many applications, against kustomize, which only reads their objects and prints them. */
export function manyApplications(): Row[] {
  const files = { 'spec.yaml': applications(COUNT), 'data.json': applicationsJson(COUNT) };
  return withFolder(files, folder => {
    const render: Command = {
      argv: [launcher('rem-secrets'), '--file', join(folder, 'spec.yaml'), 'render'],
    };
    const templates: Command = { argv: ['node', reference, join(folder, 'data.json')] };
    const { a, b: least } = compare(
      () => cpuOf(render),
      () => cpuOf(templates),
      5,
    );
    const built = cpuOfKustomize(outputOf(render));
    const share = a / built;
    const what = '1,000 applications';
    return [
      {
        id: 'c',
        what: `${what}: render ÷ kustomize build of their 3,000 objects, one a file, CPU`,
        value: share,
        unit: 'ratio',
        target: 0.035,
      },
      { id: 'c', what: `${what}: render, CPU`, value: a, unit: 'seconds' },
      { id: 'c', what: `${what}: kustomize build, CPU`, value: built, unit: 'seconds' },
      {
        id: 'c',
        what: `${what}: JSON.stringify of objects made from JSON, CPU`,
        value: least,
        unit: 'seconds',
      },
      {
        id: 'c',
        what: 'node -e 0, CPU',
        value: cpuOf({ argv: ['node', '-e', '0'] }),
        unit: 'seconds',
      },
    ];
  });
}

/** One run: it takes longer than all the rest. ServiceAccounts, which `render` adds, are left out. */
function cpuOfKustomize(rendered: string): number {
  const objects = rendered.split('---\n').filter(text => KINDS.test(text));
  const files = objects.map((text, index) => [`object-${index}.yaml`, text] as const);
  if (files.length !== 3 * COUNT) throw new Error(`render made ${files.length} objects`);
  const list = JSON.stringify({ resources: files.map(([path]) => path) });
  const tree = { ...Object.fromEntries(files), 'kustomization.yaml': list };
  return withFolder(tree, cwd => cpuOf({ argv: [kustomize(), 'build', '.'], cwd }));
}
