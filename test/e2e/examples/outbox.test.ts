import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { expect, it } from 'vitest';
import { tools } from '../../../scripts/tools.ts';
import { createSimulator, type Simulator } from '../../../src/simulator/index.ts';
import { createChance } from '../../faults/harness/chance.ts';
import { placeExample } from '../../support/examples.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startCli, startProcess, type TestProcess } from '../../support/process.ts';
import { startRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/tools.ts';
import { waitFor } from '../../support/wait-for.ts';
import { workerEnv } from '../../support/worker-env.ts';

/** Postgres with the tables of the app, a Redis, a JetSMS, and what runs between them. */
async function openWorld() {
  await using opened = new AsyncDisposableStack();
  const [example, postgres, redis] = await Promise.all([
    placeExample('outbox', { packages: 'sources' }),
    startPostgres(),
    startRedis({ aof: 'always' }),
  ]);
  for (const part of [redis, postgres, example]) opened.use(part);
  const pool = postgres.pool();
  await pool.query(await readFile(join(example.folder, 'schema.sql'), 'utf8'));
  await pool.query('CREATE TABLE orders (id uuid PRIMARY KEY)');
  const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
  const parts = opened.move();
  return {
    postgres,
    redis,
    pool,
    startRelay: () => startProcess([process.execPath, 'relay.ts'], { cwd: example.folder, env }),
    startApp: () => startProcess([process.execPath, join(import.meta.dirname, 'outbox-app.ts')], { env }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

type World = Awaited<ReturnType<typeof openWorld>>;

const waitingRows = 'message_id IS NULL AND problem IS NULL';

async function countRows(pool: Pool, condition = 'true'): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM sms_outbox WHERE ${condition}`,
  );
  return rows[0]?.n ?? 0;
}

/** Delivers all that waits in Redis to a simulator of JetSMS, and gives the texts that phones would have got. */
async function deliver({ redis, pool }: World): Promise<readonly string[]> {
  await using simulator: Simulator = createSimulator({
    accounts: [{ username: 'demo', password: 'demo', titles: ['FIRMA'] }],
  });
  await simulator.listen();
  const env = workerEnv(simulator, {
    JETSMS_REDIS_URL: redis.url,
    JETSMS_PREFIX: '{jetsms}',
    JETSMS_TITLE: 'FIRMA',
    JETSMS_BATCH_SIZE: '1000',
  });
  await using worker = startCli(['start'], { env });
  const expected = await countRows(pool, 'message_id IS NOT NULL');
  await waitFor(() => simulator.stats().acceptedMessages >= expected, { limitMs: 60_000 });
  await waitFor(async () => (await redis.client().llen('{jetsms}:jetsms-default-transactional:wait')) === 0);
  worker.signal('SIGTERM');
  expect(await worker.exit).toMatchObject({ code: 0 });
  return simulator.accepted.map(({ text }) => text);
}

/** What must be true in the end: one message for each committed row, none for any other. */
async function checkEnd(world: World): Promise<void> {
  const { rows } = await world.pool.query<Readonly<Record<'body' | 'problem', string>>>(
    'SELECT body, problem FROM sms_outbox',
  );
  const toBeSent = rows.filter(({ problem }) => problem === null).map(({ body }) => body);
  const sent = await deliver(world);
  expect(sent.filter((text) => text.endsWith('rolled back'))).toEqual([]);
  expect(sent.toSorted()).toEqual(toBeSent.toSorted());
  const refused = rows.map(({ problem }) => problem).filter((problem) => problem !== null);
  expect([...new Set(refused)].filter((problem) => problem !== 'NUMBER_NOT_MOBILE')).toEqual([]);
}

describeWith([tools.postgres], 'the example of a transactional outbox', () => {
  it('sends one message for each committed row, however relays, apps, Redis and Postgres are killed', async () => {
    const seed = Math.floor(Math.random() * 2 ** 31);
    const chance = createChance(seed);
    await using world = await openWorld();
    const { pool } = world;
    const running: TestProcess[] = [world.startRelay(), world.startRelay(), world.startApp()];
    const starts = [world.startRelay, world.startRelay, world.startApp];
    const trouble = {
      process: async () => {
        const place = chance.between(0, 2);
        await running[place]?.kill('SIGKILL');
        running[place] = starts[place]?.() ?? world.startRelay();
      },
      redis: async () => {
        await world.redis.kill('SIGKILL');
        await world.redis.restart();
      },
      postgres: world.postgres.crash,
    };
    const done = { process: 0, redis: 0, postgres: 0 };
    while ((await countRows(pool)) < 2_000 || done.process < 12 || done.redis < 2 || done.postgres < 2) {
      const before = await countRows(pool, 'message_id IS NOT NULL');
      const more = chance.between(1, 100);
      await waitFor(async () => (await countRows(pool, 'message_id IS NOT NULL')) >= before + more, {
        limitMs: 20_000,
        what: `the next ${more} messages (seed ${seed})`,
      });
      const kind = chance.pick(['process', 'process', 'process', 'process', 'redis', 'postgres'] as const);
      await trouble[kind]();
      done[kind] += 1;
    }
    await running[2]?.kill('SIGKILL');
    await waitFor(async () => (await countRows(pool, waitingRows)) === 0, { limitMs: 30_000 });
    for (const relay of running.slice(0, 2)) {
      await relay.waitForLine(/relay started/);
      relay.signal('SIGTERM');
      expect(await relay.exit).toMatchObject({ code: 0 });
    }
    await checkEnd(world);
  }, 300_000);

  it('sends nothing again for a relay that died between sending and saying so', async () => {
    await using world = await openWorld();
    const { pool, redis } = world;
    await pool.query(
      `INSERT INTO sms_outbox (recipient, body) SELECT '0532 123 45 67', 'No. ' || n FROM generate_series(1, 50) n`,
    );
    // Whoever marks rows stands still, in the middle of its transaction.
    await pool.query(`CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(3600); RETURN NEW; END $$`);
    await pool.query('CREATE TRIGGER stand_still BEFORE UPDATE ON sms_outbox EXECUTE FUNCTION stand_still()');
    await using first = world.startRelay();
    const standing = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`;
    await waitFor(async () => (await pool.query(standing)).rowCount === 1, { limitMs: 15_000 });
    expect(await redis.client().exists('{jetsms}:jetsms-default-transactional:wait')).toBe(1);
    await first.kill('SIGKILL');
    await pool.query(`SELECT pg_terminate_backend(pid) FROM (${standing}) AS standing`);
    await pool.query('DROP TRIGGER stand_still ON sms_outbox');
    expect(await countRows(pool, waitingRows)).toBe(50);
    await using _second = world.startRelay();
    await waitFor(async () => (await countRows(pool, waitingRows)) === 0, { limitMs: 15_000 });
    await checkEnd(world);
  });
});
