import { layoutChart } from '#layout';
import type { KubeObject } from '../ground/kube-object.ts';
import { renderYaml } from '../make/objects/render-yaml.ts';
import type { IamFormatName, RunbookFormatName } from '../make/spec/spec.ts';
import type { Capacity } from '../operate/capacity/capacity.ts';
import type { IamPlan } from '../operate/iam/plan.ts';
import type { EntryList } from '../operate/params/remote-entries.ts';
import type { Runbook } from '../operate/runbook/runbook.ts';
import type { ProductReport } from '../operate/versions/version-report.ts';
import { renderCapacityJson } from './capacity/json.ts';
import { renderCapacityText } from './capacity/text.ts';
import { renderDoctorJson } from './doctor/json.ts';
import type { DoctorReport } from './doctor/shown-link.ts';
import { renderDoctorText } from './doctor/text.ts';
import { type FindingList, renderFindingJson, renderFindingText } from './finding/finding-list.ts';
import type { FileFormat, Formats } from './format.ts';
import { renderDot } from './graph/dot.ts';
import type { Flow } from './graph/flow.ts';
import { renderFlowHtml } from './graph/html/html.ts';
import { renderFlowJson } from './graph/json.ts';
import { renderMermaid } from './graph/mermaid.ts';
import { renderSvg } from './graph/svg.ts';
import { renderTable } from './graph/table.ts';
import { renderAck } from './iam/ack.ts';
import { renderCloudFormation } from './iam/cloudformation.ts';
import { renderCrossplane } from './iam/crossplane.ts';
import { renderEksctl } from './iam/eksctl.ts';
import { renderIamJson } from './iam/json.ts';
import { renderTerraform } from './iam/terraform.ts';
import { renderIamText } from './iam/text.ts';
import { renderImportJson } from './import/json.ts';
import type { ImportReport } from './import/report.ts';
import { renderImportText } from './import/text.ts';
import { renderPostRenderers } from './inject/flux.ts';
import { type InjectedObject, renderInjectedJson, renderInjectedYaml } from './inject/objects.ts';
import { renderList } from './json-text.ts';
import { renderGithub } from './lint/github.ts';
import { renderLintJson } from './lint/json.ts';
import { renderJunit } from './lint/junit.ts';
import type { LintReport } from './lint/report.ts';
import { renderSarif } from './lint/sarif.ts';
import { renderLintText } from './lint/text.ts';
import { renderEntriesCsv } from './params/csv.ts';
import { renderEntriesJson } from './params/json.ts';
import { renderEntriesText } from './params/text.ts';
import { renderReviewHtml } from './review/html/html.ts';
import { renderReviewJson } from './review/json.ts';
import { renderReviewMarkdown } from './review/markdown/markdown.ts';
import type { Review } from './review/review.ts';
import { renderReviewSarif } from './review/sarif.ts';
import { renderReviewText } from './review/text/text.ts';
import { renderRunbookHtml } from './runbook/html/html.ts';
import { renderRunbookMarkdown } from './runbook/markdown.ts';
import { renderStatusJson } from './status/json.ts';
import type { StatusReport } from './status/status-report.ts';
import { renderStatusText } from './status/text.ts';
import { renderVersionsJson } from './versions/json.ts';
import { renderVersionsText } from './versions/text.ts';

/*
 * Every format of every command; help, completion and what is said of an unknown one come from here.
 * A command's own are one export, so that a bundle holds no format of a command that it has not.
 */

/** What is wrong with the input of a command that makes something else than findings. */
export const findingFormats: Formats<FindingList> = {
  text: { render: renderFindingText },
  json: { render: renderFindingJson },
};

/** `lint`. */
export const lintFormats: Formats<LintReport> = {
  text: { render: renderLintText },
  json: { render: renderLintJson },
  sarif: { render: renderSarif },
  github: { render: renderGithub },
  junit: { render: renderJunit },
};

/** `diff`. */
export const diffFormats: Formats<Review> = {
  text: { render: renderReviewText },
  json: { render: renderReviewJson, file: 'review.json' },
  html: { render: review => renderReviewHtml(review, layoutChart), file: 'review.html' },
  markdown: { render: renderReviewMarkdown, file: 'review.md' },
  sarif: { render: renderReviewSarif, file: 'review.sarif' },
};

/** `import`. */
export const importFormats: Formats<ImportReport> = {
  text: { render: renderImportText },
  json: { render: renderImportJson },
};

/** `inject --output`. */
export const injectFormats: Formats<readonly InjectedObject[]> = {
  yaml: { render: renderInjectedYaml },
  json: { render: renderInjectedJson },
  flux: { render: renderPostRenderers },
};

/** `iam`: all but the first may be in `iam/` too. */
export const iamFormats: Formats<readonly IamPlan[]> &
  Readonly<Record<IamFormatName, FileFormat<readonly IamPlan[]>>> = {
  text: { render: renderIamText },
  json: { render: renderIamJson, file: 'policies.json' },
  terraform: { render: renderTerraform, file: 'iam.tf.json' },
  cloudformation: { render: renderCloudFormation, file: 'cloudformation.yaml' },
  eksctl: { render: renderEksctl, file: 'eksctl.yaml' },
  ack: { render: renderAck, file: 'ack.yaml' },
  crossplane: { render: renderCrossplane, file: 'crossplane.yaml' },
};

/** `params list`; what `params check` finds has the first two. */
export const paramsFormats: Formats<readonly EntryList[]> = {
  text: { render: renderEntriesText },
  json: { render: renderEntriesJson },
  csv: { render: renderEntriesCsv },
};

/** `versions`. */
export const versionsFormats: Formats<readonly ProductReport[]> = {
  text: { render: renderVersionsText },
  json: { render: renderVersionsJson },
};

/** `capacity`. */
export const capacityFormats: Formats<readonly Capacity[]> = {
  text: { render: renderCapacityText },
  json: { render: renderCapacityJson },
};

/** `runbook --output`, and what is in `runbook/`. */
export const runbookFormats: Formats<readonly Runbook[]> &
  Readonly<
    Record<RunbookFormatName, { readonly render: (runbooks: readonly Runbook[]) => string }>
  > = {
  markdown: { render: renderRunbookMarkdown },
  html: { render: renderRunbookHtml },
};

/** `doctor`. */
export const doctorFormats: Formats<DoctorReport> = {
  text: { render: renderDoctorText },
  json: { render: renderDoctorJson },
};

/** `status`. */
export const statusFormats: Formats<StatusReport> = {
  text: { render: renderStatusText },
  json: { render: renderStatusJson },
};

/** `graph --output`. */
export const graphFormats: Formats<readonly Flow[]> = {
  table: { render: renderTable },
  json: { render: renderFlowJson },
  mermaid: { render: renderMermaid },
  dot: { render: renderDot },
  svg: { render: flows => renderSvg(flows, layoutChart) },
  html: { render: flows => renderFlowHtml(flows, layoutChart) },
};

/** `render --output`. */
export const objectFormats: Formats<readonly KubeObject[]> = {
  yaml: { render: renderYaml },
  json: { render: renderList },
};
