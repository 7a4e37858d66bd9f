export const LONGHORN = 'longhorn.io';
