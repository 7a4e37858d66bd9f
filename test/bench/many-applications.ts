import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareCpu, cpuOf, outputOf, type Row, rem, tool } from './measure.ts';
import { applications, applicationsJson, withFolder } from './specs.ts';

const COUNT = 1000;
const KINDS = /^kind: (ExternalSecret|Deployment|Service)$/m;
const reference = fileURLToPath(new URL('json-templates.mjs', import.meta.url));

/** Rendering many applications, against kustomize, which only reads their objects and prints them. */
export function manyApplications(): Row[] {
  const files = { 'spec.yaml': applications(COUNT), 'data.json': applicationsJson(COUNT) };
  return withFolder(files, folder => {
    const render = rem(undefined, '--file', join(folder, 'spec.yaml'), 'render');
    const templates = { argv: ['node', reference, join(folder, 'data.json')] };
    const { a, b: least } = compareCpu(render, templates, 5);
    const built = cpuOfKustomize(outputOf(render));
    const what = '1,000 applications';
    const objects = `kustomize build of their 3,000 objects, one a file`;
    return [
      [`${what}: render ÷ ${objects}, CPU`, a / built, 'ratio', 0.035],
      [`${what}: render, CPU`, a, 'seconds'],
      [`${what}: kustomize build, CPU`, built, 'seconds'],
      [`${what}: JSON.stringify of objects made from JSON, CPU`, least, 'seconds'],
      ['node -e 0, CPU', cpuOf({ argv: ['node', '-e', '0'] }), 'seconds'],
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
  return withFolder(tree, cwd => cpuOf({ argv: [tool('kustomize'), 'build', '.'], cwd }));
}
