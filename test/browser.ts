import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Chromium is not ours to bundle, and no test is left out for want of it. */
const MISSING =
  'Chromium is missing, and the HTML page is tested in it: install it, on Debian with `apt-get install chromium`';

/** The Chromium of this machine, by the names that it goes by. */
export function chromiumPath(path: string = process.env['PATH'] ?? ''): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const files = names.flatMap(name => path.split(delimiter).map(folder => join(folder, name)));
  const found = files.find(isProgram);
  if (found === undefined) throw new Error(MISSING);
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A headless Chromium that asks nobody for anything; root, as in a container, has no sandbox. */
export function startChromium(): Promise<Browser> {
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: chromiumPath(), args, chromiumSandbox: !isRoot });
}
