import type {
  Pattern,
  Runbook,
  RunbookReader,
  RunbookSecret,
} from '../../operate/runbook/runbook.ts';
import { nameText } from '../text.ts';
import { type Block, heading, joined, listed, type Text, t } from './blocks.ts';
import { objectWords, rotationWords, sourceWords } from './words.ts';

/** All Secrets at a glance, and which ways of making them occur. */
export function overview({ secrets }: Runbook): Block[] {
  if (secrets.length === 0) return [{ text: ['No Secret is made or read.'] }];
  return [
    heading(2, ['Secrets']),
    { head: ['Secret', 'Source', 'Keys', 'Used by', 'Rotation'], rows: secrets.map(row) },
    heading(2, ['How Secrets are used here']),
    { items: PATTERNS.flatMap(([pattern, what]) => patternItem(pattern, what, secrets)) },
  ];
}

function row(secret: RunbookSecret): Text[] {
  const { namespace, name, keys, isOpen, readers } = secret;
  return [
    t`${nameText({ namespace, name })}`,
    sourceWords(secret),
    isOpen ? t`${listed(keys)}${keys.length === 0 ? ['not told'] : [' and more']}` : listed(keys),
    readers.length === 0
      ? ['nothing']
      : joined(
          readers.map(reader => usedBy(reader, namespace)),
          '; ',
        ),
    rotationWords(secret),
  ];
}

function usedBy(reader: RunbookReader, home: string): Text {
  const { variables } = reader;
  const words = objectWords(reader, home);
  return variables.length === 0 ? words : t`${words} as ${listed(variables)}`;
}

const PATTERNS: readonly (readonly [Pattern, string])[] = [
  ['database', 'Logins of a database, straight from the Secret that CNPG makes: '],
  ['fetched', 'Keys from outside, which an ExternalSecret takes from an entry of a store: '],
  ['manual', 'Secrets that people make, as nothing else can know them: '],
  ['transformed', 'Another Secret in another form, by a template: '],
  ['generated', 'Values that are made up once in the cluster: '],
  ['made', 'Secrets that another operator makes: '],
  ['absent', 'Secrets that nothing makes which was read: people, or something else: '],
];

function patternItem(pattern: Pattern, what: string, secrets: readonly RunbookSecret[]): Text[] {
  const own = secrets.filter(secret => secret.pattern === pattern).map(({ name }) => name);
  return own.length === 0 ? [] : [t`${[what]}${listed([...new Set(own)])}.`];
}
