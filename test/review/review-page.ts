import { join } from 'node:path';
import { renderReviewHtml } from '../../generator/diff/formats/html/page.ts';
import type { Review } from '../../generator/diff/review.ts';
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
  return renderReviewHtml(review);
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
