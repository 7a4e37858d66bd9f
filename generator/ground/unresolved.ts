/**
 * Whether a text still holds what another tool fills in: Flux's and the shell's `${VAR}`, Helm's
 * `{{ }}`, Argo CD's vault plugin's `<path:…>`. Nothing can be said about such a text.
 */
export function isUnresolved(text: string): boolean {
  return /\$\{|\{\{|^<.*>$/.test(text);
}
