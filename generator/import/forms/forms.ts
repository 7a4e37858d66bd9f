import { databaseForm } from './database.ts';
import type { Form } from './form.ts';
import { externalSecretForm, storeForm } from './secrets.ts';
import { collectorForm, workloadForm } from './workload.ts';

/** All inverses, in the order in which they may claim objects. */
export const FORMS: readonly Form[] = [
  databaseForm,
  storeForm,
  externalSecretForm,
  workloadForm,
  collectorForm,
];
