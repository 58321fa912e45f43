import { readFile } from 'node:fs/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alerts, runbookOf } from '../../scripts/deploy/alert-table.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { anchorsOf } from '../docs/markdown.ts';
import { type DeadLetterFixture, openDeadLetterFixture } from '../support/dead-letters.ts';
import { projectFolder } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl } from '../support/redis.ts';
import { startReceiver, type WebhookReceiver, webhookSecret } from '../support/webhook-receiver.ts';
import { captureCli } from '../unit/cli/capture.ts';

const page = await readFile(`${projectFolder}docs/runbook.md`, 'utf8');

/** Every `jetsms …` of the page that is told to be run, once. */
const commands = [
  ...new Set(
    [...page.matchAll(/^ +jetsms (.+)$|`jetsms ([^`\n]+)`/gm)].map(
      ([, line, inline]) => line ?? inline ?? '',
    ),
  ),
].filter((command) => command !== 'hold');

/** What the alerts tell to type first, as it reads for the account of this test. */
const firstCommands = [
  ...new Set(
    alerts.map(({ command }) =>
      command.replaceAll('{{ .Labels.account }}', 'default').replaceAll('{{ .Labels.reason }}', 'terminal'),
    ),
  ),
];

describe('docs/runbook.md', () => {
  const prefix = freshPrefix();
  let redis: Redis;
  let yard: DeadLetterFixture;
  let simulator: Simulator;
  let receiver: WebhookReceiver;
  let env: Readonly<Record<string, string>>;

  beforeAll(async () => {
    simulator = createSimulator();
    await simulator.listen();
    receiver = await startReceiver(webhookSecret(1));
    redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
    yard = openDeadLetterFixture(redis, prefix);
    env = {
      JETSMS_REDIS_URL: sharedRedisUrl(),
      JETSMS_PREFIX: prefix,
      JETSMS_URL: simulator.xmlUrl,
      JETSMS_USERNAME: 'demo',
      JETSMS_PASSWORD: 'demo',
      JETSMS_TITLE: 'DEMO',
      JETSMS_WEBHOOK_URL: receiver.url,
      JETSMS_WEBHOOK_SECRET: webhookSecret(1),
    };
  });

  afterAll(async () => {
    await yard[Symbol.asyncDispose]();
    redis.disconnect();
    await simulator.close();
    await receiver[Symbol.asyncDispose]();
  });

  it('has an entry for every alert, and no other', () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(alerts.map(({ name }) => name));
  });

  it.each(alerts)('is where $name points to', (alert) => {
    const [path, anchor] = runbookOf(alert).split('#');
    expect(path).toBe('docs/runbook.md');
    expect(anchorsOf(page)).toContain(anchor);
  });

  it.each(firstCommands)('has alerts that name a command that works: %s', async (command) => {
    const { exitCode, err } = await captureCli(wordsOf(command).slice(1), { env });
    expect(err).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each(commands)('names a command that works: jetsms %s', async (command) => {
    await yard.put('letter-1');
    const args = wordsOf(command.replace('<id>', 'letter-1'));
    const { exitCode, err } = await captureCli(args, { env });
    // A replay or a discard without --yes asks, and here nobody answers.
    if (err.some((line) => line.includes('NOT_CONFIRMED'))) return;
    expect(err).toEqual([]);
    expect(exitCode).toBe(0);
  });
});

/** As a shell takes a line apart, as far as the page needs it. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}
