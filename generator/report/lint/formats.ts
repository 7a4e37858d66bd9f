import type { Formats } from '../format.ts';
import { renderGithub } from './github.ts';
import { renderLintJson } from './json.ts';
import { renderJunit } from './junit.ts';
import type { LintReport } from './report.ts';
import { renderSarif } from './sarif.ts';
import { renderLintText } from './text.ts';

/** `lint`. */
export const lintFormats: Formats<LintReport> = {
  text: { render: renderLintText },
  json: { render: renderLintJson },
  sarif: { render: renderSarif },
  github: { render: renderGithub },
  junit: { render: renderJunit },
};
