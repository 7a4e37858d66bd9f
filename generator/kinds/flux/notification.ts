import { type Kind, specOf } from '../kind.ts';
import { referenceReaders, refRead } from '../secret-refs.ts';

const NOTIFICATION = 'notification.toolkit.fluxcd.io';

/** Who calls Flux has to know a token (docs/facts/flux.md#notifications). */
const receiver: Kind = {
  group: NOTIFICATION,
  kind: 'Receiver',
  reads: object =>
    refRead(specOf(object)['secretRef'], {
      path: ['spec', 'secretRef'],
      how: 'ref',
      needs: ['token'],
    }),
};

/** Whom Flux calls, and who calls it. */
export const fluxNotification: readonly Kind[] = [
  receiver,
  ...referenceReaders(NOTIFICATION, 'Alert Provider'),
];
