import { textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { readOf } from '../secret-refs.ts';
import { LONGHORN } from './group.ts';

const URL = ['spec', 'backupTargetURL'];

/** Where Longhorn keeps backups of volumes (docs/facts/operators.md#longhorn). */
export const backupTarget: Kind = {
  group: LONGHORN,
  kind: 'BackupTarget',
  reads: item =>
    readOf({
      name: textAt(specOf(item), 'credentialSecret'),
      path: ['spec', 'credentialSecret'],
      how: 'ref',
    }),
  backupPlace: ({ object }) => {
    const place = textAt(object, ...URL);
    return place === undefined ? undefined : { path: URL, called: place, place };
  },
};
