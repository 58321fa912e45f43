import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueName } from '../../src/queue/names.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { readStoredJobs } from '../faults/harness/stored-jobs.ts';
import { runCli, startCli } from '../support/process.ts';
import { freshPrefix, sharedRedisUrl, startRedis } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsms-send-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function csvFile(lines: readonly string[]): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

const environment = () => ({
  JETSMS_REDIS_URL: sharedRedisUrl(),
  JETSMS_PREFIX: freshPrefix(),
  JETSMS_TITLE: 'DEMO',
});

type Environment = ReturnType<typeof environment>;

/** A real worker process that delivers to a simulator. */
function startWorker(simulator: Simulator, env: Environment) {
  return startCli(['start'], {
    env: {
      ...env,
      JETSMS_URL: simulator.xmlUrl,
      JETSMS_USERNAME: 'demo',
      JETSMS_PASSWORD: 'demo',
      JETSMS_BATCH_SIZE: '1',
      JETSMS_HEALTH_PORT: '0',
    },
  });
}

const sendCsv = async (file: string, env: Environment, ...args: readonly string[]) => {
  const { code, stdout } = await runCli(
    ['send', '--csv', file, '--text', 'Merhaba {ad}', '--json', ...args],
    { env },
  );
  return { code, ...JSON.parse(stdout) };
};

describe('jetsms send', () => {
  it('waits for the end of every line and sums up by outcome', async () => {
    await using simulator = createSimulator();
    await simulator.listen();
    simulator.faults.add({ kind: 'reply', code: '99', times: 1, match: { to: '905321234568' } });
    simulator.faults.add({ kind: 'accept-then-reset', times: 1, match: { to: '905321234569' } });
    const env = environment();
    await using _worker = startWorker(simulator, env);
    const file = await csvFile([
      'telefon;ad',
      '05321234567;Ayşe',
      '05321234568;Gökçe',
      '0212 123 45 67;Banka',
      '05321234569;İlker',
    ]);
    const { code, stdout, stderr } = await runCli(
      ['send', '--csv', file, '--text', 'Merhaba {ad}', '--wait'],
      { env },
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/^line 4: NUMBER_NOT_MOBILE /m);
    expect(stdout).toMatch(/^enqueued +3 +3 SMS parts\nrefused +1 /);
    expect(stdout).toMatch(/^SMS parts +3 +counted by partsModel list: an assumption/m);
    expect(stdout).toMatch(/^accepted +00 +1 +accepted by JetSMS$/m);
    expect(stdout).toMatch(/^dead letter: unknown-code +99 +1 /m);
    expect(stdout).toMatch(/^dead letter: uncertain +reset-after-write +1 /m);
    expect(simulator.accepted.map(({ text }) => text).toSorted()).toEqual(['Merhaba Ayşe', 'Merhaba İlker']);
  });

  it('ends with exit code 0 when everything was accepted, and tells the id of a single message', async () => {
    await using simulator = createSimulator();
    await simulator.listen();
    const env = environment();
    await using _worker = startWorker(simulator, env);
    const { code, stdout } = await runCli(
      ['send', '--to', '05321234567', '--text', 'Merhaba', '--wait', '--json'],
      {
        env,
      },
    );
    expect(code).toBe(0);
    const { ids, outcomes } = JSON.parse(stdout);
    expect(ids).toHaveLength(1);
    expect(outcomes).toMatchObject([{ end: 'accepted', code: '00', count: 1 }]);
  });

  it('sends a file again without texting anybody twice, also with a line mended', async () => {
    const env = environment();
    const first = await csvFile(['telefon;ad', '05321234567;Ayşe', '0212;Ali', '05321234568;Can']);
    const mended = await csvFile(['telefon;ad', '05321234568;Can', '0532 123 45 67;Ayşe', '05321234569;Ali']);
    expect(await sendCsv(first, env)).toMatchObject({ code: 1, enqueued: 2, before: 0, refused: 1 });
    expect(await sendCsv(first, env)).toMatchObject({ code: 1, enqueued: 0, before: 2, refused: 1 });
    expect(await sendCsv(mended, env)).toMatchObject({ code: 0, enqueued: 1, before: 2, refused: 0 });
    expect(await sendCsv(mended, env, '--again')).toMatchObject({ code: 0, enqueued: 3, before: 0 });
  });

  it('gives no number a second text under one idempotency key, and says which lines that concerns', async () => {
    const env = environment();
    const first = await csvFile(['telefon;ad', '05321234567;Ayşe']);
    const reworded = await csvFile(['telefon;ad', '05321234567;Ayşe Hanım', '05321234568;Can']);
    expect(await sendCsv(first, env, '--idempotency-key', 'may')).toMatchObject({ code: 0, enqueued: 1 });
    expect(await sendCsv(reworded, env, '--idempotency-key', 'may')).toMatchObject({
      code: 1,
      enqueued: 1,
      problems: [{ line: 2, code: 'IDEMPOTENCY_CONFLICT' }],
    });
  });

  it('checks everything in a dry run, without Redis', async () => {
    const file = await csvFile(['telefon;ad', '05321234567;Ayşe', '0212;Ali', '05321234567;Ayşe']);
    const args = ['send', '--csv', file, '--text', 'Merhaba {ad}', '--title', 'DEMO', '--dry-run', '--json'];
    const { code, stdout } = await runCli(args);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      enqueued: 1,
      parts: 1,
      repeated: 1,
      refused: 1,
    });
  });

  it('stops waiting at Ctrl-C and says how many are still under way', async () => {
    const env = environment();
    const file = await csvFile(['telefon;ad', '05321234567;Ayşe', '05321234568;Can']);
    await using send = startCli(['send', '--csv', file, '--text', 'Merhaba {ad}', '--wait'], { env });
    await send.waitForLine(/^ended: 0 of 2/);
    send.signal('SIGINT');
    expect(await send.exit).toEqual({ code: 1, signal: null });
    expect(send.stdout.join('\n')).toMatch(/^waiting +- +2 +still under way/m);
  });

  it('fails within seconds, with exit code 3, while Redis is away', async () => {
    const env = { ...environment(), JETSMS_REDIS_URL: 'redis://127.0.0.1:1' };
    const { code, stdout, stderr } = await runCli(['send', '--to', '05321234567', '--text', 'Merhaba'], {
      env,
    });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(/^error REDIS_UNAVAILABLE: /);
  });

  it('goes on where it stopped after Redis went away in the middle', async () => {
    await using redis = await startRedis({ aof: 'always' });
    const env = { ...environment(), JETSMS_REDIS_URL: redis.url };
    const numbers = Array.from({ length: 5_000 }, (_, n) => `0532${String(n).padStart(7, '0')};Ad${n}`);
    const file = await csvFile(['telefon;ad', ...numbers]);
    await using send = startCli(['send', '--csv', file, '--text', 'Merhaba {ad}', '--json'], { env });
    await using client = closing(redis.client());
    const { redis: connection } = client;
    await waitFor(async () => Number(await connection.dbsize()) > 100, {
      what: 'messages in Redis',
      limitMs: 15_000,
    });
    await redis.kill();
    expect(await send.exit).toEqual({ code: 3, signal: null });
    const cut = JSON.parse(send.stdout.join(''));
    expect(cut.enqueued).toBeGreaterThan(0);

    await redis.restart();
    const again = await sendCsv(file, env);
    const queue = new Queue(queueName('default', 'transactional'), {
      connection,
      prefix: env.JETSMS_PREFIX,
    });
    expect(again).toMatchObject({ code: 0, lines: 5_000, refused: 0 });
    expect(again.enqueued + again.before).toBe(5_000);
    const jobs = await readStoredJobs(queue);
    const stored = jobs.map(({ data, lost }) => (data as SendJob).to.filter((_, n) => !lost.includes(n)));
    expect(stored.flat()).toHaveLength(5_000);
    expect(new Set(stored.flat()).size).toBe(5_000);
    await queue.close();
  });
});

function closing<T extends { disconnect(): void }>(redis: T): { redis: T } & AsyncDisposable {
  return { redis, [Symbol.asyncDispose]: async () => redis.disconnect() };
}
