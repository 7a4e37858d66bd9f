export const VELERO = 'velero.io';
