import type { LayoutOf } from '../report/graph/svg.ts';
import { loadScript } from './load-script.ts';
import { packageFile } from './package-files.ts';

/** The layout library is a script of its own: only what draws loads it. */
export function layout(): LayoutOf {
  const script = loadScript(packageFile('dist/layout/layout.cjs'));
  return (script as { readonly layoutChart: LayoutOf }).layoutChart;
}
