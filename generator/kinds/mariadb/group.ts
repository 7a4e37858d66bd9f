/** The group of the kinds of MariaDB's operator. */
export const MARIADB = 'k8s.mariadb.com';
