import { collectorForm } from './collector.ts';
import { databaseForm } from './database.ts';
import { externalSecretForm } from './external-secret.ts';
import type { Form } from './form.ts';
import { storeForm } from './store.ts';
import { workloadForm } from './workload.ts';

/** All inverses, in the order in which they may claim objects. */
export const FORMS: readonly Form[] = [
  databaseForm,
  storeForm,
  externalSecretForm,
  workloadForm,
  collectorForm,
];
