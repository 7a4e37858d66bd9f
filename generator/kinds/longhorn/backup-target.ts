import { textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { readOf } from '../secret-refs.ts';

export const LONGHORN = 'longhorn.io';

const URL = ['spec', 'backupTargetURL'];

/** Where Longhorn keeps backups of volumes (docs/facts/operators.md#longhorn). */
export const backupTarget: Kind = {
  group: LONGHORN,
  kind: 'BackupTarget',
  reads: object =>
    readOf({
      name: textAt(specOf(object), 'credentialSecret'),
      path: ['spec', 'credentialSecret'],
      how: 'ref',
    }),
  backupPlace: ({ json }) => {
    const place = textAt(json, ...URL);
    return place === undefined ? undefined : { path: URL, called: place, place };
  },
};
