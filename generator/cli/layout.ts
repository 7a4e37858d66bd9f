import { createRequire } from 'node:module';
import type { LayoutOf } from '../report/graph/svg.ts';
import { loadScript } from './load-script.ts';

/** The layout library is a script of its own: only what draws loads it. */
export function layout(): LayoutOf {
  const script = createRequire(import.meta.filename).resolve('#layout');
  const { layoutChart } = loadScript(script) as { readonly layoutChart: LayoutOf };
  return layoutChart;
}
