import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { expect, test } from 'vitest';
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
