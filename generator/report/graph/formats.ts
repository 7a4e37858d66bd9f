import { layoutChart } from '#layout';
import type { Formats } from '../format.ts';
import { renderDot } from './dot.ts';
import type { Flow } from './flow.ts';
import { renderFlowHtml } from './html/html.ts';
import { renderFlowJson } from './json.ts';
import { renderMermaid } from './mermaid.ts';
import { renderSvg } from './svg.ts';
import { renderTable } from './table.ts';

/** `graph --output`. */
export const graphFormats: Formats<readonly Flow[]> = {
  table: { render: renderTable },
  json: { render: renderFlowJson },
  mermaid: { render: renderMermaid },
  dot: { render: renderDot },
  svg: { render: flows => renderSvg(flows, layoutChart) },
  html: { render: flows => renderFlowHtml(flows, layoutChart) },
};
