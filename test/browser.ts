import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { output } from './machine.ts';

const PACKED = fileURLToPath(new URL('../../bin', import.meta.resolve('@sparticuz/chromium')));

/** Of this package alone, so that a page is laid out alike on every machine. */
const FONTS = '<fontconfig><dir prefix="relative">fonts</dir></fontconfig>';

/**
 * A headless Chromium that asks nobody for anything. On Linux with an x64 processor it is the one
 * that `npm ci` brings, elsewhere the one of `npx playwright-core install chromium`.
 */
export function startChromium(): Promise<Browser> {
  const args = ['--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  const isPacked = process.platform === 'linux' && process.arch === 'x64';
  return chromium.launch({ args, timeout: 0, ...(isPacked ? unpackedChromium() : {}) });
}

/** The packed Chromium, with the libraries and fonts that a bare machine has not. */
function unpackedChromium(): { executablePath: string; env: Record<string, string> } {
  const folder = join(PACKED, 'unpacked');
  if (!existsSync(folder)) unpackTo(folder);
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') },
  };
}

/** Another run may do the same at the same time: the first one to be ready is taken. */
function unpackTo(folder: string): void {
  const own = mkdtempSync(`${folder}-`);
  writeFileSync(join(own, 'chromium'), unpacked('chromium'), { mode: 0o755 });
  for (const name of ['al2023.tar', 'fonts.tar']) {
    writeFileSync(join(own, name), unpacked(name));
    output('tar', ['-xf', name], { cwd: own });
  }
  writeFileSync(join(own, 'fonts.conf'), FONTS);
  try {
    renameSync(own, folder);
  } catch (error) {
    rmSync(own, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

function unpacked(name: string): Buffer {
  return brotliDecompressSync(readFileSync(join(PACKED, `${name}.br`)));
}
