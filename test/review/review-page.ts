import { join } from 'node:path';
import { layoutChart } from '#layout';
import { renderReviewHtml } from '../../generator/diff/formats/html/page.ts';
import type { ChangeGroup, Review } from '../../generator/diff/review.ts';
import { root, runMain } from '../machine.ts';

/** The page of the folders in test/review/review, as a user makes it. */
export async function examplePage(): Promise<string> {
  return diff('html');
}

/** What programs are told of the same folders. */
export async function exampleReview(): Promise<{ readonly blockers: number }> {
  return JSON.parse(await diff('json'));
}

async function diff(format: string): Promise<string> {
  const args = ['--format', format, 'diff', '--base', 'base', '--head', 'head'];
  return (await runMain(join(root, 'test/review/review'), args)).stdout;
}

/** The page of a review. */
export function pageOf(review: Review): string {
  return renderReviewHtml(review, layoutChart);
}

/** A review of nothing, and what is other about it. */
export function reviewOf(more: Partial<Review> = {}): Review {
  const none = {
    added: 0,
    removed: 0,
    changed: 0,
    noise: 0,
    risks: { block: 0, high: 0, warn: 0 },
  };
  return {
    base: 'main',
    head: 'the working tree',
    environments: [{ name: 'prod', presence: 'both', ...none }],
    risks: [],
    doubts: [],
    changes: [],
    versions: [],
    secrets: [],
    awsCalls: [],
    findings: [],
    broken: [],
    unused: [],
    notices: [],
    unseen: [],
    fileOnHead: () => 'rem-secrets.yaml',
    ...more,
  };
}

/** Every text that a review takes from manifests, in the worst form. */
export function hostileReview(text: string): Review {
  const object = { kind: text, namespace: text, name: text };
  const at = { file: text, line: 1, column: 1 };
  const acknowledged = { rule: text, object: text, environment: text, reason: text, at };
  const risk = {
    rule: text,
    severity: 'error',
    level: 'block',
    message: text,
    hint: text,
    outcome: text,
    object,
    side: 'head',
    field: text,
    environments: [text, 'prod'],
    at,
    related: [{ note: text, object, side: 'base', at }],
  } as const;
  const secret = {
    ...object,
    state: 'made',
    keys: [text],
    isOpen: false,
    missingKeys: [text],
    makers: [{ ...object, refresh: text, sources: [{ ...object, remoteKeys: [text] }] }],
    readers: [{ ...object, how: [text], pickup: 'never' }],
  } as const;
  const change: ChangeGroup = {
    what: 'changed',
    objects: [{ environment: text, ...object, pair: object, outcome: text }],
    fields: [
      { what: 'changed', field: text, base: text, head: `${text}\n${text}`, isHidden: false },
      { what: 'changed', field: text, base: `a ${text}`, head: `b ${text}`, isHidden: false },
      { what: 'reordered', field: text, isHidden: false },
    ],
    manifests: () => ({ base: { [text]: `a ${text}` }, head: { [text]: `b ${text}` } }),
  };
  const finding = {
    rule: text,
    severity: 'error',
    message: text,
    hint: text,
    field: text,
    at,
    object,
  } as const;
  return reviewOf({
    base: text,
    head: text,
    environments: [
      {
        name: text,
        presence: 'both',
        added: 1,
        removed: 1,
        changed: 1,
        noise: 1,
        risks: { block: 1, high: 0, warn: 0 },
      },
      {
        name: 'prod',
        presence: 'only head',
        added: 1,
        removed: 1,
        changed: 1,
        noise: 1,
        risks: { block: 1, high: 0, warn: 0 },
      },
    ],
    awsCalls: [
      { environment: text, base: { calls: 0, dollars: 0 }, head: { calls: 1, dollars: 0 } },
    ],
    risks: [risk, { ...risk, acknowledged }],
    changes: [
      change,
      { ...change, what: 'added', fields: [], manifests: () => ({ head: { [text]: text } }) },
      { ...change, what: 'removed', fields: [], manifests: () => ({ base: { [text]: text } }) },
    ],
    versions: [
      {
        what: 'chart',
        name: text,
        base: text,
        head: `${text}2`,
        isMajor: false,
        objects: [{ ...object, environment: text }],
      },
    ],
    secrets: [
      {
        environments: [text, 'prod'],
        namespaces: [text, 'shop'],
        base: secret,
        head: { ...secret, keys: [text, `${text}2`] },
        addedKeys: [`${text}2`],
        removedKeys: [text],
        isSourceChanged: true,
      },
    ],
    findings: [{ ...finding, environments: [text] }],
    broken: [{ side: 'head', environment: text, finding }],
    unused: [acknowledged],
    notices: [finding],
    unseen: [text],
  });
}

/** A review of this many Deployments, each of which changes in its own way, and of their Secrets. */
export function hugeReview(count: number): Review {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const manifest = (index: number, image: string): Record<string, never> =>
    JSON.parse(
      JSON.stringify({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: `app-${index}`, namespace: 'shop' },
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'app',
                  image,
                  env: Array.from({ length: 40 }, (_, at) => ({
                    name: `SETTING_${at}`,
                    valueFrom: { secretKeyRef: { name: `app-${index}`, key: `key-${at}` } },
                  })),
                },
              ],
            },
          },
        },
      }),
    );
  const risks = { block: 0, high: 0, warn: 0 };
  return reviewOf({
    environments: [
      { name: 'prod', presence: 'both', added: 0, removed: 0, changed: count, noise: 0, risks },
    ],
    changes: numbers.map(index => ({
      what: 'changed',
      objects: [
        { environment: 'prod', kind: 'Deployment', namespace: 'shop', name: `app-${index}` },
      ],
      fields: [
        {
          what: 'changed',
          field: 'spec.template.spec.containers[app].image',
          base: `example/app:${index}`,
          head: `example/app:${index + 1}`,
          isHidden: false,
        },
      ],
      manifests: () => ({
        base: manifest(index, `example/app:${index}`),
        head: manifest(index, `example/app:${index + 1}`),
      }),
    })),
    secrets: numbers.map(index => {
      const secret = {
        namespace: 'shop',
        name: `app-${index}`,
        state: 'made',
        keys: ['a'],
        isOpen: false,
        missingKeys: [],
        makers: [],
        readers: [
          {
            kind: 'Deployment',
            namespace: 'shop',
            name: `app-${index}`,
            how: ['env'],
            pickup: 'reloader',
          },
        ],
      } as const;
      return {
        environments: ['prod'],
        base: secret,
        head: secret,
        addedKeys: [],
        removedKeys: [],
        isSourceChanged: false,
      };
    }),
  });
}
