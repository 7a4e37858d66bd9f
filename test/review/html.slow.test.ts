import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startChromium } from '../browser.ts';
import { folderOf, root } from '../machine.ts';
import { reviewWith, riskOf } from './any-review.ts';
import { examplePage, exampleReview, hugeReview, pageOf, reviewOf } from './review-page.ts';

const example = await examplePage();
const desktop = { viewport: { width: 1280, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser: Browser;
beforeAll(async () => (browser = await startChromium()));
afterAll(() => browser.close());

/** A page of its own for a test, opened from a file, and all that it said or asked for. */
interface Opened {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

async function open(html: string, options: BrowserContextOptions = desktop): Promise<Opened> {
  const folder = folderOf([['review.html', html]]);
  const context = await browser.newContext(options);
  context.setDefaultTimeout(0);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', message => said.push(message.text()));
  page.on('pageerror', error => said.push(error.message));
  page.on('request', request => asked.push(request.url()));
  await page.goto(`file://${folder}/review.html`);
  return { page, said, asked: asked.slice(1) };
}

/** How many entries there are to see, and what each is found under. */
async function shownTags(page: Page) {
  const values = JSON.parse((await page.locator('#filters').getAttribute('data-values')) ?? '');
  const tags = await page
    .locator('.entry:not([hidden])')
    .evaluateAll(entries => entries.map(entry => entry.getAttribute('data-tags') ?? ''));
  return tags.map(text => {
    const [environments, kinds, levels] = (JSON.parse(text) as number[][]).map(
      (places, filter): string[] => places.map(place => values[filter][place]),
    );
    return { environments: environments ?? [], kinds: kinds ?? [], levels: levels ?? [] };
  });
}

async function textOf(element: Locator | undefined): Promise<string> {
  return ((await element?.textContent()) ?? '').replaceAll(/\s+/g, ' ').trim();
}

async function unfold(page: Page): Promise<void> {
  for (const fold of await page.locator('details').all())
    await fold.evaluate(element => element.setAttribute('open', ''));
}

test('the page of the example', async () => {
  await expect(example).toMatchFileSnapshot(join(root, 'docs/examples/review.html'));
  expect(await examplePage()).toBe(example);
});

test('says what happens, what hurts first', async () => {
  const { page, said, asked } = await open(example);
  const { blockers } = await exampleReview();
  expect(blockers).toBeGreaterThan(1);
  expect(await textOf(page.locator('h1'))).toBe(`${blockers} blockers, 1 high, 3 warn`);
  expect(await textOf(page.locator('.environments'))).toBe(
    'Environments: prod (2 blockers, 3 warn), argocd (1 blocker, 1 high), dev (1 blocker, 2 warn), staging (1 blocker, 2 warn), preview (removed; 1 blocker)',
  );
  const levels = await page.locator('.card h3 .level').allTextContents();
  expect(levels.slice(0, blockers)).toEqual(Array(blockers).fill('block'));
  expect(levels.slice(blockers)).not.toContain('block');
  const risks = page.locator('.card.block', { hasText: 'cluster-removed' });
  expect(await textOf(risks.first())).toContain('the CNPG Cluster "rem-postgres" is removed');
  expect(await page.locator('.change').first().locator('a.level.block').count()).toBeGreaterThan(0);
  const storage = page.locator('.change', { hasText: 'spec.storage.size' });
  expect(await textOf(storage)).toMatch(/100Gi\s*→\s*50Gi/);
  expect({ said, asked }).toEqual({ said: [], asked: [] });
});

test('draws the changed paths', async () => {
  const { page } = await open(example);
  const figure = page.locator('.figure', { hasText: 'rem-slack-webhook' });
  const added = figure.locator('g.added .name');
  expect(await added.allTextContents()).toEqual(['rem-slack-webhook', 'rem-slack-webhook']);
  expect(await figure.locator('path.arrow.added').count()).toBe(3);
  expect(await figure.locator('path.arrow.bad').count()).toBe(1);
  expect(await figure.locator('.line.lost').textContent()).toBe('anthropic-api-key (missing)');
  const rotated = page.locator('.figure', { hasText: 'rem-oauth-creds' }).first();
  expect(await rotated.locator('path.arrow.changed').count()).toBe(3);
  expect(await rotated.locator('text.line.added').textContent()).toBe(
    '+ /rem/oauth/2026/google-client-secret',
  );
});

test('shows both manifests, with what is the same folded', async () => {
  const change = (await open(example)).page.locator('.change', { hasText: 'spec.storage.size' });
  await change.getByText('Side by side').click();
  const row = change.locator('.row:has(del)');
  expect(await textOf(row.locator('del'))).toBe('size: 100Gi');
  expect(await textOf(row.locator('ins'))).toBe('size: 50Gi');
  const [left, right] = [
    await row.locator('del').boundingBox(),
    await row.locator('ins').boundingBox(),
  ];
  expect(left?.y).toBe(right?.y);
  expect(left?.x).toBeLessThan(right?.x ?? 0);
  const fold = change.locator('.fold').first();
  expect(await fold.locator('pre').isVisible()).toBe(false);
  await fold.locator('summary').click();
  expect(await textOf(fold.locator('pre'))).toContain('kind: Cluster');
});

test('a value that is hidden is said to change, and is not there', async () => {
  const change = (await open(example)).page.locator('.change', { hasText: 'changed, not shown' });
  expect(await textOf(change)).toContain('env[PHOENIX_SMTP_PASSWORD].value changed, not shown');
  expect(example).not.toMatch(/example-(one|two)/);
});

test('filters by environment, kind and severity, and says how much is left', async () => {
  const { page, said } = await open(example);
  const all = await shownTags(page);
  const result = page.locator('#shown');
  expect(await textOf(result)).toBe(`all ${all.length} shown`);

  await page.getByLabel(/^prod/).check();
  const prod = await shownTags(page);
  expect(prod).toEqual(all.filter(({ environments }) => environments.includes('prod')));
  expect(await textOf(result)).toBe(`${prod.length} of ${all.length} shown`);

  await page.getByLabel('Kind').selectOption({ label: 'Deployment' });
  expect(await shownTags(page)).toEqual(prod.filter(({ kinds }) => kinds.includes('Deployment')));

  await page.getByLabel('Kind').selectOption('=ServiceAccount');
  expect(await textOf(result)).toBe(`0 of ${all.length} shown`);
  expect(await page.getByText('No risk matches the filters.').first().isVisible()).toBe(true);

  await page.getByRole('button', { name: 'Show all' }).click();
  await page.getByLabel(/^block/).check();
  expect((await shownTags(page)).map(({ levels }) => levels)).toSatisfy(
    (lists: string[][]) => lists.length > 0 && lists.every(levels => levels.includes('block')),
  );
  expect(said).toEqual([]);
});

test('a link leads to its change even where a filter hides it', async () => {
  const { page } = await open(example);
  await page.getByLabel(/^prod/).check();
  await page.evaluate(`location.assign('#change-1')`);
  await page.locator('#change-1').waitFor({ state: 'visible' });
  expect(await page.getByLabel(/^prod/).isChecked()).toBe(false);
});

const FOCUSED = `(({ activeElement: at }) =>
  at === document.body ? '' : (at.tagName + ' ' + (at.getAttribute('name') ?? '')).trim())(document)`;

test('everything is in reach of the keyboard', async () => {
  const { page } = await open(example);
  const reached = new Set<string>();
  for (let step = 0; step < 400; step += 1) {
    await page.keyboard.press('Tab');
    const tag = await page.evaluate<string>(FOCUSED);
    if (tag === '') break;
    reached.add(tag);
    if (tag === 'INPUT environments' && !reached.has('checked')) {
      await page.keyboard.press('Space');
      reached.add('checked');
      expect(await textOf(page.locator('#shown'))).toMatch(/^\d+ of \d+ shown$/);
      await page.keyboard.press('Space');
    }
  }
  expect([...reached].sort()).toEqual([
    'A',
    'DIV',
    'INPUT environments',
    'INPUT levels',
    'SELECT kinds',
    'SUMMARY',
    'checked',
  ]);
});

test('without scripts all is there to read', async () => {
  const { page } = await open(example, { ...desktop, javaScriptEnabled: false });
  expect(await page.locator('#filters').isVisible()).toBe(false);
  expect(await page.locator('.risk, .entry').first().isVisible()).toBe(true);
  const manifest = page.locator('.change .manifest').first();
  expect(await manifest.isVisible()).toBe(false);
  await page.locator('.change:has(.manifest) summary').first().click();
  expect(await textOf(manifest)).toContain('apiVersion: ');
});

test.for([
  ['desktop, light', { ...desktop, colorScheme: 'light' }],
  ['phone, dark', { ...phone, colorScheme: 'dark' }],
] as const)('axe finds nothing: %s', async ([, options]) => {
  const { page } = await open(example, options);
  await unfold(page);
  // What is off screen is not laid out, and axe would take it to lie on something else.
  for (const entry of await page.locator('.entry, .card').all())
    await entry.evaluate(element => (element.style.contentVisibility = 'visible'));
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { readonly axe: typeof axe };
    return (await checker.run()).violations.map(({ id, nodes }) => [
      id,
      ...nodes.slice(0, 5).map(({ html, failureSummary }) => `${html} ${failureSummary}`),
    ]);
  });
  expect(violations).toEqual([]);
});

test('a phone shows one column and nothing beside it', async () => {
  const { page } = await open(example, phone);
  await unfold(page);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  const row = page.locator('.change', { hasText: 'spec.storage.size' }).locator('.row:has(del)');
  const [above, below] = [
    await row.locator('del').boundingBox(),
    await row.locator('ins').boundingBox(),
  ];
  expect(below?.x).toBe(above?.x);
  expect(below?.y).toBeGreaterThan(above?.y ?? 0);
});

test.for([
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  "' autofocus onfocus=document.title=1 x='",
  '</style></title></script><script>document.title=1</script>',
  ']]><svg onload=document.title=1>',
  '<%- 1 %> {{1}} &lt;b&gt;<b>',
  '\u202egnirts\u0000\ud800\u2028',
])('a name cannot be markup: %j', async text => {
  const html = pageOf(reviewWith([text]));
  const { page, said, asked } = await open(html);
  await unfold(page);
  expect({ said, asked }).toEqual({ said: [], asked: [] });
  expect(await page.title()).not.toBe('1');
  const count = (selector: string): Promise<number> => page.locator(selector).count();
  const counts = {
    scripts: await count('script'),
    styles: await count('style'),
    foreign: await count('img, iframe, object, embed, base, b, [autofocus]'),
    handlers: await page
      .locator('*')
      .evaluateAll(all =>
        all.flatMap(element =>
          [...element.getAttributeNames()].filter(name => String(name).startsWith('on')),
        ),
      ),
  };
  expect(counts).toEqual({ scripts: 1, styles: 1, foreign: 0, handlers: [] });
  for (const character of ['\u0000', '\u202e', '\u2028', '\ud800'])
    expect(html).not.toContain(character);
  await page.locator('#filters input[name=environments]').first().check({ force: true });
  expect(await textOf(page.locator('#shown'))).toMatch(/^\d+ of \d+ shown$/);
});

test('raw text in templates is a part of the page, and nothing that a manifest says', () => {
  const folder = join(root, 'generator/diff/formats/html/templates');
  const raw = readdirSync(folder).flatMap(file => [
    ...readFileSync(join(folder, file), 'utf8').matchAll(/<%-\s*(.*?)\s*%>/g),
  ]);
  const own = ['it.style', 'it.script', 'it.arrowHeads', 'it.kept', 'figure.image'];
  expect(raw.length).toBeGreaterThan(20);
  for (const [, code = ''] of raw)
    expect(
      own.includes(code) || /^include\((?:'[a-z]+'|section\.template), [^;]+\)$/.test(code),
      code,
    ).toBe(true);
});

test('nothing changes: the page says so', async () => {
  const { page, said } = await open(pageOf(reviewOf()));
  expect(await textOf(page.locator('h1'))).toBe('No risks');
  expect(await textOf(page.locator('.detail'))).toBe('No object changes');
  expect(await page.locator('#filters').count()).toBe(0);
  expect(said).toEqual([]);
});

test('what could not be read, and what somebody knows of, is said', async () => {
  const { page } = await open(pageOf(reviewWith(['plain'])));
  expect(await textOf(page.locator('h1'))).toBe(
    '1 blocker, 1 new error, 1 high, 1 warn, and 1 environment was not read',
  );
  const sectionOf = (title: string): Locator =>
    page.locator('section', { has: page.getByRole('heading', { name: title }) });
  expect(await textOf(sectionOf('Not read').locator('li'))).toBe(
    'not read: plain (head side): plain "plain"at plain:1:2To do: plain.',
  );
  expect(await sectionOf('Acknowledged').locator('.entry').count()).toBe(1);
  expect(await textOf(sectionOf('Notices').locator('li').last())).toContain(
    'nothing is acknowledged here',
  );
});

test('1,000 changed objects open and can be filtered, and a manifest is rendered when it is opened', async () => {
  const html = pageOf(hugeReview(1000));
  expect(html.length).toBeLessThan(2_000_000);
  const { page, said } = await open(html);
  expect(await page.locator('.change').count()).toBe(1000);
  const [first, last] = [page.locator('.change').first(), page.locator('#change-1000')];
  for (const change of [first, last]) {
    await change.locator('summary').first().click();
    await change.locator('.fold summary').last().click();
  }
  expect(await textOf(first.locator('.row ins'))).toBe('image: example/app:1');
  expect(await textOf(last.locator('.row ins'))).toBe('image: example/app:1000');
  const unchanged = (change: Locator) => textOf(change.locator('.fold pre').last());
  expect(await unchanged(last)).toBe((await unchanged(first)).replaceAll('app-0', 'app-999'));
  expect(await last.locator('.sides > *').count()).toBe(await first.locator('.sides > *').count());
  await page.getByLabel('Kind').selectOption({ index: 1 });
  expect(await textOf(page.locator('#shown'))).toBe('2000 of 2000 shown');
  expect(said).toEqual([]);
});

test('what is rendered when it is opened cannot be markup', async () => {
  const hostile = '</script><script>document.title=1</script><!--<img src=x onerror=alert(1)>';
  const objects = reviewWith([hostile]).changes.flatMap(change => change.objects);
  const long = Array.from({ length: 20_000 }, (_, index) => `line ${index}`);
  const manifests = () => ({ head: { [hostile]: [hostile, '\u202e', ...long] } });
  const added = { what: 'added', objects, fields: [], manifests } as const;
  const html = pageOf(reviewOf({ changes: [added] }));
  expect(html).not.toContain('\u202e');
  const { page, said, asked } = await open(html);
  await page.locator('.change summary').click();
  expect(await page.locator('.manifest').textContent()).toContain(hostile);
  expect(await page.locator('img, script:not([type]) ~ script').count()).toBe(0);
  expect(await page.title()).not.toBe('1');
  expect({ said, asked }).toEqual({ said: [], asked: [] });
});

test('of many environments the worst are named, and the filter is a list', async () => {
  const quiet = { block: 0, high: 0, warn: 0 };
  const names = Array.from({ length: 12 }, (_, index) => `env-${10 + index}`);
  const environments = names.map(name => {
    const risks = name === 'env-21' ? { ...quiet, block: 1 } : quiet;
    return { name, presence: 'both' as const, added: 0, removed: 0, changed: 1, noise: 0, risks };
  });
  const risks = [
    riskOf('block', 'gone', { environments: ['env-21'] }),
    riskOf('warn', 'web', { environments: names }),
  ];
  const { page } = await open(pageOf(reviewOf({ environments, risks })));
  expect(await textOf(page.locator('.environments'))).toBe(
    'Environments: env-21 (1 blocker, 1 warn), env-10 (1 warn), env-11 (1 warn), env-12 (1 warn), and 8 more',
  );
  expect(await textOf(page.locator('.card.warn .chips span[title]'))).toBe('and 4 more');
  await page.selectOption('#environments', '=env-10');
  expect(await page.locator('.entry:visible').count()).toBe(1);
});

test.for([desktop, phone])('headline and worst three are on one screen: %j', async options => {
  const worst = (await open(example, options)).page.locator('.worst li');
  expect(await worst.count()).toBe(3);
  const box = await worst.last().boundingBox();
  expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(options.viewport.height);
});
