import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { renderFlowHtml } from '../../generator/graph-command/command.ts';
import type { Flow, FlowSecret } from '../../generator/report/flow.ts';
import { startChromium } from '../browser.ts';
import { folderOf, root, runMain } from '../machine.ts';

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

/** A page, opened from a file, that says nothing, and all that it asked for. */
async function open(
  html: string,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly asked: string[] }> {
  const folder = folderOf([['graph.html', html]]);
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', message => said.push(message.text()));
  page.on('pageerror', error => said.push(error.message));
  onTestFinished(() => expect(said).toEqual([]));
  page.on('request', request => asked.push(request.url()));
  await page.goto(`file://${folder}/graph.html`);
  return { page, asked: asked.slice(1) };
}

function secretOf(name: string, more: Partial<FlowSecret> = {}): FlowSecret {
  const reader = { kind: 'Deployment', namespace: name, name, how: ['env'], pickup: 'never' };
  const sources = [{ kind: 'ClusterSecretStore', name: 'aws', remoteKeys: [`/shop/${name}`] }];
  return {
    namespace: name,
    name,
    state: 'made',
    keys: ['password', name],
    isOpen: false,
    missingKeys: [],
    makers: [{ kind: 'ExternalSecret', namespace: name, name, refresh: '1h', sources }],
    readers: [reader as FlowSecret['readers'][number]],
    ...more,
  };
}

/** Of one namespace, to be a map of it. */
function secretIn(namespace: string, name: string, more: Partial<FlowSecret> = {}): FlowSecret {
  return secretOf(name, { namespace, ...more });
}

const pageOf = (...secrets: readonly FlowSecret[]): string =>
  renderFlowHtml([{ name: '', secrets } satisfies Flow]);

/** The names of the Secrets that are to be seen. */
async function shown(page: Page): Promise<string[]> {
  const names = await page.locator('.entry:not([hidden]) > summary strong').allTextContents();
  return names.sort();
}

test('a whole repository, by environment and namespace, from the command line', async () => {
  const folder = folderOf([]); // Not in this repository, which is read around it.
  cpSync(join(root, 'test/review/review/head'), folder, { recursive: true });
  const { status, stdout } = await runMain(folder, ['graph', '.', '-o', 'html']);
  expect(status).toBe(0);
  expect((await runMain(folder, ['graph', '.', '-o', 'html'])).stdout).toBe(stdout);
  const { page, asked } = await open(stdout);
  const all = await shown(page);
  expect(all).toContain('rem-slack-webhook');
  expect(await page.locator('.entry svg.flow').count()).toBe(all.length);
  expect(asked).toEqual([]);
});

test('the search finds Secrets by all that makes, holds and reads them', async () => {
  const { page } = await open(
    pageOf(
      secretOf('login'),
      secretOf('token', { keys: ['api-key'] }),
      secretOf('lost', { state: 'missing', makers: [] }),
    ),
  );
  const find = async (words: string): Promise<string[]> => {
    await page.locator('#words').fill(words);
    return shown(page);
  };
  expect(await find('')).toEqual(['login', 'lost', 'token']);
  expect(await find('Deployment')).toEqual(['login', 'lost', 'token']);
  expect(await find('AWS /shop/')).toEqual(['login', 'token']);
  expect(await find('deployment api-key')).toEqual(['token']);
  expect(await page.locator('#shown').textContent()).toBe('1 of 3');
  expect(await page.locator('.entry[open] svg').isVisible()).toBe(true);
  expect(await find('nobody')).toEqual([]);
  expect(await page.locator('.no-match').isVisible()).toBe(true);
  await find('');
  await page.getByLabel('only what is missing').check();
  expect(await shown(page)).toEqual(['lost']);
});

test('what is missing is open, and everything of a few Secrets, before and after a search', async () => {
  const lost = secretOf('lost', { state: 'missing', makers: [] });
  const many = Array.from({ length: 20 }, (_, index) => secretOf(`app-${index}`));
  const visible = (page: Page): Promise<string[]> =>
    page.locator('.entry[open]:visible > summary strong').allTextContents();
  const large = await open(pageOf(lost, ...many));
  expect(await visible(large.page)).toEqual(['lost']);
  await large.page.locator('#words').fill('app-7');
  expect(await visible(large.page)).toEqual(['app-7']);
  await large.page.locator('#words').fill('');
  expect(await visible(large.page)).toEqual(['lost']);
  const { page } = await open(pageOf(lost, ...many.slice(0, 2)));
  expect(await visible(page)).toEqual(['lost', 'app-0', 'app-1']);
});

test('a namespace has a map from stores to readers, whose Secrets lead to their charts', async () => {
  const many = Array.from({ length: 20 }, (_, index) => secretIn(`n${index % 2}`, `app-${index}`));
  const { page } = await open(pageOf(...many, secretOf('alone')));
  expect(await page.locator('.map').count()).toBe(2);
  await page.locator('.part > summary').nth(1).click();
  const map = page.locator('.map').nth(1);
  expect(await map.locator('g.store text.name').allTextContents()).toEqual(['aws']);
  expect(await map.locator('g.maker').count()).toBe(0);
  expect(await map.locator('g.reader').count()).toBe(10);
  await map.locator('a', { hasText: 'app-13' }).click();
  const opened = page.locator('.entry[open] > summary strong');
  expect(await opened.allTextContents()).toEqual(['app-13']);
  await page.locator('#words').fill('app');
  expect(await page.locator('.map:visible').count()).toBe(0);
});

test('one environment at a time, and first of all the one in which something is missing', async () => {
  const flows = [
    { name: 'dev', secrets: [secretOf('a'), secretOf('b')] },
    { name: 'prod', secrets: [secretOf('c', { state: 'missing', makers: [] })] },
  ];
  const html = renderFlowHtml(flows);
  const { page } = await open(html);
  const visible = (): Promise<string[]> =>
    page.locator('.entry:visible > summary strong').allTextContents();
  expect(await visible()).toEqual(['c']);
  await page.getByRole('link', { name: 'dev' }).click();
  await page.locator('h2:visible', { hasText: 'dev' }).waitFor();
  expect(await visible()).toEqual(['a', 'b']);
  await page.locator('#words').fill('/shop/b');
  expect(await page.locator('#shown').textContent()).toBe('1 of 2');
  const plain = await open(html, { javaScriptEnabled: false });
  expect(await plain.page.locator('h2:visible').allTextContents()).toEqual(['dev', 'prod']);
});

test('1,000 Secrets open, are found, and stay within a phone', async () => {
  const html = pageOf(...Array.from({ length: 1000 }, (_, index) => secretOf(`app-${index}-db`)));
  expect(html.length).toBeLessThan(4_000_000);
  const { page } = await open(html, phone);
  await page.locator('#words').fill('app-99');
  expect(await shown(page)).toHaveLength(11);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

test('without scripts all is there to read', async () => {
  const { page } = await open(pageOf(secretOf('login')), { javaScriptEnabled: false });
  expect(await page.locator('#search').isVisible()).toBe(false);
  expect(await page.locator('.entry svg').isVisible()).toBe(true);
  await page.locator('.entry > summary').click();
  expect(await page.locator('.entry svg').isVisible()).toBe(false);
});

test.for([
  '<img src=x onerror="document.title=1">',
  '"><script>document.title=1</script>',
  '</style></title></script><script>document.title=1</script>',
  "' autofocus onfocus=document.title=1 x='",
])('a name cannot be markup: %j', async text => {
  const { page, asked } = await open(pageOf(secretOf(text, { missingKeys: [text] })));
  await page.locator('#words').fill(text);
  expect(await shown(page)).toHaveLength(1);
  expect(asked).toEqual([]);
  expect(await page.title()).toBe('Where Secrets come from and who reads them');
  expect(await page.locator('img, script ~ script, [autofocus]').count()).toBe(0);
});
