import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect, onTestFinished, test } from 'vitest';
import { startChromium } from '../../browser.ts';
import { root } from '../../machine.ts';

test('a browser shows the page, narrow or wide, and everybody can use it', async () => {
  const browser = await startChromium();
  const page = await browser.newPage({ bypassCSP: true });
  const said: string[] = [];
  page.on('console', message => said.push(message.text()));
  page.on('request', request => said.push(request.url()));
  await page.setContent(readFileSync(join(root, 'runbook/index.html'), 'utf8'));
  await page.evaluate(axe.source);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const found = await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
    );
    expect(found).toEqual([]);
  }
  expect(said).toEqual([]);
  await browser.close();
});

test('one environment at a time, a search over it, and no name of a table is broken', async () => {
  const browser = await startChromium();
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`file://${join(root, 'runbook/index.html')}`);
  const visible = (): Promise<string[]> => page.locator('h2:visible').allTextContents();
  expect(await visible()).toEqual(['dev']);
  await page.getByRole('link', { name: 'prod' }).click();
  await page.locator('h2:visible', { hasText: 'prod' }).waitFor();
  expect(await visible()).toEqual(['prod']);
  await page.locator('#words').fill('jwt generic');
  expect(await page.locator('.entry:visible h4').allTextContents()).toEqual([
    'rem-api/rem-jwt-secret',
  ]);
  expect(await page.locator('.entry:visible pre').first().isVisible()).toBe(true);
  await page.locator('#words').fill('jwt');
  expect(await page.locator('tbody tr:visible').count()).toBe(1);
  await page.locator('#words').fill('');
  const broken = `[...document.querySelectorAll('td code')]
    .filter(name => name.getClientRects().length > 1).map(name => name.textContent)`;
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await page.evaluate(broken)).toEqual([]);
  }
});
