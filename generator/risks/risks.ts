import type { RiskRule } from './risk-rule.ts';
import { bootstrapOwner } from './rules/bootstrap-owner.ts';
import { clusterRecovery } from './rules/cluster-recovery.ts';
import { clusterRemoved } from './rules/cluster-removed.ts';
import { databaseDropped } from './rules/database-dropped.ts';
import { ignoredBootstrap } from './rules/ignored-bootstrap.ts';
import { immutableCnpgField } from './rules/immutable-cnpg-field.ts';
import { postgresMajor } from './rules/postgres-major.ts';
import { singleInstance } from './rules/single-instance.ts';
import { storageClass } from './rules/storage-class.ts';
import { storageShrunk } from './rules/storage-shrunk.ts';
import { superuserAccessOff } from './rules/superuser-access-off.ts';

/** All risk rules, by id. */
export const riskRules: readonly RiskRule[] = [
  bootstrapOwner,
  clusterRecovery,
  clusterRemoved,
  databaseDropped,
  ignoredBootstrap,
  immutableCnpgField,
  postgresMajor,
  singleInstance,
  storageClass,
  storageShrunk,
  superuserAccessOff,
];
