import type { Kind } from '../kind.ts';
import { referenceReaders } from '../secret-refs.ts';
import { GRAFANA } from './grafana.ts';

/** What is put into a Grafana; values of it may come from Secrets beside it (docs/facts/operators.md#grafana). */
export const grafanaParts: readonly Kind[] = referenceReaders(
  GRAFANA,
  'GrafanaAlertRuleGroup GrafanaContactPoint GrafanaDashboard GrafanaDatasource GrafanaFolder GrafanaLibraryPanel GrafanaManifest GrafanaMuteTiming GrafanaNotificationPolicy GrafanaNotificationPolicyRoute GrafanaNotificationTemplate',
);
