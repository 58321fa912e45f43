import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** The Chromium on the PATH; undefined where there is none. */
export function findChromium(path: string = process.env['PATH'] ?? ''): string | undefined {
  const candidates = path.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return candidates.find((file) => existsSync(file));
}

/** Why browser tests are left out here; undefined where they run. On CI they always run, and fail without Chromium. */
export const noBrowserReason: string | undefined =
  findChromium() === undefined && !process.env['CI']
    ? 'no Chromium on the PATH (Debian: apt-get install chromium)'
    : undefined;

/** A headless Chromium with a profile of its own that talks to nobody but the pages it opens. */
export function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error(
      'The browser tests need Chromium on the PATH; on Debian: apt-get install chromium (.ci/run does it).',
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
