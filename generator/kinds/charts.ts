import { CERT_MANAGER } from './cert-manager/certificate.ts';
import { CNPG } from './cnpg/group.ts';
import { objectStore } from './cnpg/object-store.ts';
import { ESO, GENERATORS } from './eso/group.ts';
import { KEDA } from './keda/trigger-authentication.ts';
import { openTelemetryCollector } from './otel/open-telemetry-collector.ts';
import { sealedSecret } from './sealed-secrets/sealed-secret.ts';

/** The API groups whose CRDs come with an operator's chart, by the chart's name. */
const CHART_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'external-secrets': [ESO, GENERATORS],
  'cloudnative-pg': [CNPG],
  'plugin-barman-cloud': [objectStore.group],
  'opentelemetry-operator': [openTelemetryCollector.group],
  'cert-manager': [CERT_MANAGER],
  'sealed-secrets': [sealedSecret.group],
  keda: [KEDA],
};

/** The API groups whose CRDs a chart installs; none of a chart that is not known. */
export function chartGroups(chart: string): readonly string[] {
  return Object.hasOwn(CHART_GROUPS, chart) ? (CHART_GROUPS[chart] ?? []) : [];
}
