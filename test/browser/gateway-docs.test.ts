import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, noBrowserReason } from '../support/chromium.ts';
import { type GatewayWorld, openGateway } from '../support/gateway-world.ts';
import { documentedOperations } from '../support/openapi.ts';

const title = noBrowserReason
  ? `the page of the gateway's operations in a browser (left out: ${noBrowserReason})`
  : "the page of the gateway's operations in a browser";

describe.skipIf(noBrowserReason !== undefined)(title, () => {
  let world: GatewayWorld;
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  beforeAll(async () => {
    [world, browser] = await Promise.all([openGateway(), launchChromium()]);
  });
  afterAll(() => Promise.all([browser?.close(), world?.[Symbol.asyncDispose]()]));

  /** The page without an API key, everything noted that it asks for or that goes wrong in it. */
  const visit = async () => {
    const page = await browser.newPage();
    const asked: string[] = [];
    const wrong: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
        wrong.push(message.text());
    });
    const answer = await page.goto(`${world.url}/docs`, { waitUntil: 'networkidle' });
    expect(answer?.status()).toBe(200);
    return { page, asked, wrong, [Symbol.asyncDispose]: () => page.close() };
  };

  it('shows every operation of the OpenAPI document, and what it takes and answers', async () => {
    await using visited = await visit();
    const { page } = visited;
    expect(await page.title()).toContain('HTTP gateway');
    for (const { id, method, path, operation } of documentedOperations) {
      const section = page.locator(`section[id="${id}"]`);
      expect(await section.locator('h3').textContent()).toBe(`${method} ${path}`);
      expect(await section.textContent()).toContain(operation.summary);
    }
    expect(await page.locator('section').count()).toBe(documentedOperations.length);
    const answers = page.locator('#sendMessage-responses');
    expect(await answers.locator('pre').isVisible()).toBe(false);
    await answers.locator('summary').click();
    expect(await answers.locator('pre').isVisible()).toBe(true);
    expect(await answers.locator('pre').textContent()).toContain('"description": "It is stored"');
  });

  it('asks nobody but the gateway for anything, and runs without a complaint of the browser', async () => {
    await using visited = await visit();
    const { page, asked, wrong } = visited;
    await page.getByRole('link', { name: 'openapi.json' }).click();
    await page.waitForURL('**/openapi.json');
    expect(asked).toContain(`${world.url}/openapi.json`);
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([world.url]));
    expect(wrong).toEqual([]);
  });

  it('is styled as its content security policy allows', async () => {
    await using visited = await visit();
    const border = await visited.page.evaluate<string>(
      'getComputedStyle(document.querySelector("section")).borderTopStyle',
    );
    expect(border).toBe('solid');
  });
});
