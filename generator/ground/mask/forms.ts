import type { Hide } from '../secret-text.ts';
import { isSecretName } from './secret-name.ts';
import { isOpen } from './secret-value.ts';

/**
 * Ways to write a secret down that are neither `name=value` nor `name: value`. The groups `before`
 * and `secret` are the whole match; where there is a group `name`, it has to be that of a secret.
 */
const FORMS: readonly RegExp[] = [
  // XML: an element, and attributes as Java has them.
  /(?<before><(?<name>[\w.:-]{1,99})>\s{0,9})(?<secret>[^<]{1,99999})/g,
  /(?<before>\b(?:name|key)\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?(?<name>[\w./-]{1,99})\\?["']?\s{0,3},?\s{0,9}\\?["']?\bvalue\\?["']?\s{0,3}[=:]\s{0,3}\\?["']?)(?<secret>[^"'\\\s,}]{1,99999})/gi,
  // .netrc, an ACL of redis, and .pgpass.
  /(?<before>^(?=[ \t]{0,9}(?:machine|default|login|password|account)\b).{0,999}?\bpassword[ \t]{1,9})(?<secret>\S{1,99999})/g,
  /(?<before>^[ \t]{0,9}user[ \t]{1,9}\S{1,99}[ \t][^>]{0,999}>)(?<secret>\S{1,99999})/g,
  /(?<before>^[^:\s]{1,255}:(?:\d{1,5}|\*):[^:\s]{1,99}:[^:\s]{1,99}:)(?<secret>\S{1,99999})$/g,
  // SQL
  /(?<before>\b(?:password|identified\s{1,9}by(?:\s{1,9}password)?)\s{0,9}(?:=\s{0,9})?E?')(?<secret>(?:[^']|''){1,9999})/gi,
  /(?<before>\b(?:identified\s{1,9}by)\s{1,9}")(?<secret>[^"]{1,9999})/gi,
  // Headers, wherever they stand.
  /(?<before>\b(?:bearer|basic)\s{1,9})(?<secret>(?=[^\s"'\d]{0,99}\d)[\w+/=.~:-]{6,99999})/gi,
  // Digests of passwords, which can be guessed: htpasswd, crypt, LDAP, SCRAM.
  /(?<before>)(?<secret>\$(?:2[abxy]?|apr1|[156y]|argon2\w{0,2}|scrypt|pbkdf2[\w-]{0,12})\$[\w./$+=,-]{8,999}|\{S?SHA\d{0,3}\}[\w+/=]{8,999}|SCRAM-SHA-\d{1,3}\$[\w+/=:$]{8,999})/g,
  // Options of one letter, and arguments that have none.
  /(?<before>\b(?:mysql|mariadb)[\w-]{0,12}\b[^;|&\n]{0,500}?\s-p)(?<secret>[^\s;|&]{1,9999})/g,
  /(?<before>\b(?:sshpass|mongo|mongo\w{2,8}|cypher-shell|(?:docker|podman|helm|crane|skopeo|buildah|oras)\s[^;|&\n]{0,99}login)\b[^;|&\n]{0,500}?\s-p ?["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:redis-cli|valkey-cli)\b[^;|&\n]{0,500}?\s-a ["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:ldap\w{3,9})\b[^;|&\n]{0,500}?\s-w ["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>\b(?:sqlcmd|bcp|zip|unzip|ipmitool)\b[^;|&\n]{0,500}?\s-P ?["']?)(?<secret>[^\s;|&"']{1,9999})/g,
  /(?<before>(?:^|\s)(?:-u|-U|--user|--proxy-user|--userpwd|--basic-auth)[ =]?["']?[^\s:"'=]{1,99}:)(?<secret>(?!\d{1,9}(?:\s|$))[^\s"']{1,9999})/g,
  /(?<before>\s-pass(?:in|out)?\s{1,9}["']?pass:)(?<secret>[^\s"']{1,9999})/g,
  /(?<before>--from-literal[ =]["']?[\w.-]{1,99}=)(?<secret>[^\s"']{1,9999})/g,
];

/** What no line with such a form is without. */
const MAY_HAVE_FORM =
  /pass|value|bearer|basic|identified|[<>$]|\{S|SCRAM|(?:^| )-|:[\d*]|secret|token|key|auth|pw/i;

/** A line with the secrets hidden that are written in a way of their own. */
export function maskForms(line: string, hide: Hide): string {
  return MAY_HAVE_FORM.test(line)
    ? FORMS.reduce((text, form) => maskForm(text, form, hide), line)
    : line;
}

function maskForm(line: string, form: RegExp, hide: Hide): string {
  return line.replaceAll(form, (all: string, ...rest: unknown[]) => {
    const { before, name, secret } = rest.at(-1) as Readonly<Record<string, string | undefined>>;
    const isOther = name !== undefined && !isSecretName(name);
    if (secret === undefined || isOther || isOpen(secret) || secret.startsWith('{{')) return all;
    return before + hide(secret);
  });
}
