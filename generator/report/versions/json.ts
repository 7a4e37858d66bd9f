import type { ProductReport } from '../../operate/versions/version-report.ts';
import { jsonText } from '../json-text.ts';

/** What is known of versions, for programs. */
export function renderVersionsJson(reports: readonly ProductReport[]): string {
  return jsonText({
    products: reports.map(({ steps, ...report }) => ({
      ...report,
      steps: steps.map(({ kinds, ...step }) => ({
        ...step,
        kinds: kinds.map(({ fields, ...kind }) => ({
          ...kind,
          fields: fields.map(field => ({ ...field })),
        })),
      })),
    })),
  });
}
