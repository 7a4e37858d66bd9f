/** What is unreleased becomes a version, and what is unreleased from now on is nothing. */
export function releasedChangelog(text: string, version: string, date: string): string {
  const head = '## [Unreleased]\n';
  const start = text.indexOf(head);
  const rest = text.slice(start + head.length);
  const entries = rest.slice(0, rest.search(/^## |(?![\s\S])/m)).trim();
  if (start < 0 || entries === '')
    throw new Error('CHANGELOG.md has nothing under ## [Unreleased]');
  if (text.includes(`\n## [${version}] - `)) throw new Error(`CHANGELOG.md has ${version} already`);
  return `${text.slice(0, start)}${head}\n## [${version}] - ${date}\n${rest}`;
}

/** Whether a version follows another: all three numbers, and nothing else. */
export function follows(version: string, before: string): boolean {
  const [next, last] = [version, before].map(text => /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1));
  if (next === undefined || last === undefined) return false;
  const at = next.findIndex((number, index) => number !== last[index]);
  return at >= 0 && Number(next[at]) > Number(last[at]);
}

/** A template with what is in `{{ }}` filled in; a name that nothing is given for is an error. */
export function filled(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{\{ ([a-z][a-z0-9 ]*) \}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`nothing is given for {{ ${name} }}`);
    return value;
  });
}
