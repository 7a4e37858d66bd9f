/** How every command can print, and how some can too. */
const FORMATS: readonly string[] = ['text', 'json'];
const OWN_FORMATS: Readonly<Record<string, readonly string[]>> = {
  lint: ['sarif', 'github', 'junit'],
  diff: ['html', 'markdown', 'sarif'],
  iam: ['ack', 'cloudformation', 'crossplane', 'eksctl', 'terraform'],
};

/** Every format that some command has. */
export const ALL_FORMATS: readonly string[] = [
  ...new Set([...FORMATS, ...Object.values(OWN_FORMATS).flat()]),
];

/** The formats of a command. */
export function formatsOf(command: string): readonly string[] {
  return [...FORMATS, ...(OWN_FORMATS[command] ?? [])];
}

/** How `graph` shows the flow. */
export const GRAPH_FORMATS = ['table', 'json', 'mermaid', 'dot', 'svg'] as const;
