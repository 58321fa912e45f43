import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDashboard, type Dashboard } from '../../src/dashboard/dashboard.ts';
import { openOperatorRedis, whenReady } from '../../src/queue/redis.ts';
import { launchChromium, noBrowserReason } from '../support/chromium.ts';
import {
  boardQueues,
  dashboardLogin,
  dashboardSettings,
  fillQueues,
  ids,
  laneOf,
  neverShown,
} from '../support/dashboard-world.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';

/** The picture for README and docs. Written only where UPDATE_SCREENSHOT is set, so that a run changes no file. */
const picture = new URL('../../docs/images/dashboard.png', import.meta.url);

const title = noBrowserReason
  ? `the dashboard in a browser (left out: ${noBrowserReason})`
  : 'the dashboard in a browser';

describe.skipIf(noBrowserReason !== undefined)(title, () => {
  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world?.close());

  it('refuses who has no login, and who has a wrong one', async () => {
    for (const login of [null, { ...dashboardLogin, password: 'wrong' }]) {
      await using visit = await world.visit(login);
      const answer = await visit.page.goto(world.readOnly.url).catch((error: Error) => error.message);
      // Chromium shows the answer of a login that was not given, and an error for one that was refused.
      if (typeof answer === 'string') expect(answer).toContain('ERR_INVALID_AUTH_CREDENTIALS');
      else {
        expect(answer?.status()).toBe(401);
        expect(await answer?.text()).not.toContain('jetsms-');
      }
    }
  });

  it('lists the queues of all accounts, with their holds, to who has the login', async () => {
    await using visit = await world.visit();
    const { page } = visit;
    await page.goto(world.readOnly.url);
    for (const name of [
      ...['shop: otp', 'shop: transactional', 'shop: bulk', 'shop: dead letters'],
      ...['bank-otp: otp', 'bank-otp: transactional', 'bank-otp: bulk', 'bank-otp: dead letters'],
    ]) {
      await page.getByText(name, { exact: true }).first().waitFor();
    }
    await page.getByText('read-only', { exact: true }).waitFor();
    await page.goto(`${world.readOnly.url}queue/bank-otp%2Fjetsms-bank-otp-bulk`);
    await page
      .getByText(/Held by an operator since/)
      .first()
      .waitFor();
    await visit.expectNothingUnmasked();
  });

  it('opens a dead letter from the list and says why the message died', async () => {
    await using visit = await world.visit();
    const { page } = visit;
    await page.goto(world.readOnly.url);
    await page.getByText('shop: dead letters', { exact: true }).first().click();
    const letter = /^uncertain reply-timeout: it may have arrived: no reply came in time/;
    await page.getByText(letter).first().waitFor();
    await takePicture(page);
    await page.getByText(ids.uncertain, { exact: true }).first().click();
    await page.waitForURL(`**/${ids.uncertain}*`);
    await page.getByText('+90*****43').first().waitFor();
    expect(await page.textContent('body')).toMatch(/mayHaveArrived:\s*true/);
    await visit.expectNothingUnmasked();
  });

  it('shows no number, text or password on any page of a job, whichever tab is open', async () => {
    await using visit = await world.visit();
    const { page } = visit;
    const { waiting, retried, accepted, leaky, foreign, unknown, invalid } = ids;
    const pages = [
      ...[waiting, retried, accepted, leaky, foreign].map(
        (id) => [boardQueues[laneOf[id] ?? 'otp'], id] as const,
      ),
      ...[unknown, invalid].map((id) => [boardQueues.dead, id] as const),
    ];
    for (const [queue, id] of pages) {
      await page.goto(`${world.readOnly.url}queue/${queue}/${id}`);
      await page.getByText(id, { exact: true }).first().waitFor();
      for (const tab of ['Progress', 'Options', 'Logs', 'Error', 'Data']) {
        await page.getByRole('tab', { name: tab, exact: true }).click();
        await visit.readPage();
      }
    }
    await visit.expectNothingUnmasked();
    expect(visit.answers.some((answer) => answer.includes('not shown'))).toBe(true);
  });

  it('offers no change on a read-only board, and refuses one that is tried all the same', async () => {
    await using visit = await world.visit();
    const { page } = visit;
    await page.goto(`${world.readOnly.url}queue/${boardQueues.otp}`);
    await page.getByText(ids.waiting, { exact: true }).first().waitFor();
    expect(await page.locator(menu).count()).toBe(0);
    expect(await put(page, `api/queues/${boardQueues.otp}/pause`)).toBe(405);
    expect(await put(page, `api/queues/${boardQueues.otp}/${ids.waiting}/clean`)).toBe(405);
  });

  it('pauses and resumes on a writable board, and says why it does nothing else', async () => {
    await using visit = await world.visit();
    const { page } = visit;
    await page.goto(`${world.writable.url}queue/${boardQueues.otp}`);
    await choose(page, 'Pause');
    await page
      .getByText(/Paused on the dashboard/)
      .first()
      .waitFor();
    await choose(page, 'Resume');
    await page.getByText('Messages of account shop, lane otp.', { exact: true }).first().waitFor();
    await choose(page, 'Empty');
    await page
      .getByText(/Messages are never removed here/)
      .first()
      .waitFor();
    await page.getByText(ids.waiting, { exact: true }).first().waitFor();
    await visit.expectNothingUnmasked();
  });

  it('runs under its content security policy and asks nobody else for anything', async () => {
    await using visit = await world.visit();
    await visit.page.goto(world.readOnly.url);
    await visit.page.getByText('shop: otp', { exact: true }).first().waitFor();
    // Bull Board's page names fonts of Google: the one thing that the policy is there to stop.
    expect(visit.violations.filter((words) => !words.includes('fonts.googleapis.com'))).toEqual([]);
    expect(new Set(visit.hosts)).toEqual(new Set([new URL(world.readOnly.url).host]));
  });
});

/** The button with what can be done to a queue. */
const menu = 'button[aria-haspopup="menu"]';

/** Chooses from that menu, and says yes. */
async function choose(page: Page, item: string): Promise<void> {
  await page.locator(menu).last().click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
  await page.getByRole('button', { name: 'Confirm' }).click();
}

/** A change as the page's own scripts make it. */
const put = (page: Page, path: string): Promise<number> =>
  page.evaluate(async (url) => {
    const answer = await fetch(url, { method: 'PUT' });
    await answer.text();
    return answer.status;
  }, path);

async function takePicture(page: Page): Promise<void> {
  const bytes = await page.screenshot();
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(bytes.length).toBeGreaterThan(20_000);
  if (!process.env['UPDATE_SCREENSHOT']) return expect(existsSync(picture)).toBe(true);
  mkdirSync(new URL('.', picture), { recursive: true });
  writeFileSync(picture, bytes);
}

/** Two dashboards over the same filled queues, one of them writable, and a browser to visit them with. */
async function openWorld() {
  const browser = await launchChromium();
  const prefix = freshPrefix();
  const redis = openOperatorRedis(sharedRedisUrl(), 5_000);
  redis.on('error', () => {});
  await whenReady(redis, 5_000);
  await fillQueues(redis, prefix);
  const open = async (writable: boolean): Promise<Dashboard> => {
    const settings = dashboardSettings({ redisUrl: sharedRedisUrl(), prefix, writable });
    const dashboard = createDashboard({ settings, redis });
    await dashboard.listen();
    return dashboard;
  };
  const [readOnly, writable] = await Promise.all([open(false), open(true)]);
  return {
    readOnly,
    writable,
    async visit(login: Login | null = dashboardLogin) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        ...(login ? { httpCredentials: login } : {}),
      });
      return visitIn(context);
    },
    async close() {
      await browser.close();
      await Promise.all([readOnly.close(), writable.close()]);
      redis.disconnect();
    },
  };
}

interface Login {
  readonly username: string;
  readonly password: string;
}

/** A visit that notes everything it is answered and shown. */
async function visitIn(context: BrowserContext) {
  const page = await context.newPage();
  const answers: string[] = [];
  const hosts: string[] = [];
  const violations: string[] = [];
  const pending = new Set<Promise<void>>();
  page.on('response', (response) => {
    hosts.push(new URL(response.url()).host);
    if (/\/static\//.test(response.url())) return;
    const read = response.text().then(
      (text) => void answers.push(`${response.url()}\n${text}`),
      // The page moved on before the answer was read; what it showed is read from the page.
      () => {},
    );
    pending.add(read);
    void read.finally(() => pending.delete(read));
  });
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy/.test(message.text()))
      violations.push(message.text());
  });
  const readPage = async (): Promise<void> => {
    answers.push(`page ${page.url()}\n${await page.textContent('body')}\n${await page.content()}`);
  };
  return {
    page,
    answers,
    hosts,
    violations,
    readPage,
    async expectNothingUnmasked(): Promise<void> {
      await readPage();
      await Promise.all(pending);
      expect(answers.filter((answer) => answer.includes('/api/queues')).length).toBeGreaterThan(0);
      for (const answer of answers) {
        for (const secret of neverShown) expect(answer).not.toContain(secret);
      }
    },
    [Symbol.asyncDispose]: () => context.close(),
  };
}
