import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { holdAccount } from '../../../src/operator/hold-operations.ts';
import { openDeadLetterFixture } from '../../support/dead-letters.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

/** Clears the screen, hides what follows, goes back over the line, and turns the direction of writing round. */
const hostile = '\u001b[2J\u001b[8m\u009b1A\r\u202e\u200bX';

/** Whatever a terminal would obey; each line that a command wrote is looked at by itself. */
const obeyed = /[^\P{Cc}\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;

async function world() {
  const prefix = freshPrefix();
  const redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
  const folder = await mkdtemp(join(tmpdir(), 'jetsms-'));
  const yard = openDeadLetterFixture(redis, prefix);
  onTestFinished(async () => {
    await yard[Symbol.asyncDispose]();
    redis.disconnect();
    await rm(folder, { recursive: true });
  });
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  /** Runs it, and hands back all lines. */
  const run = async (args: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const { out, err } = await captureCli(args, { env: { ...env, ...more } });
    return [...out, ...err];
  };
  return { prefix, redis, yard, folder, run };
}

const expectClean = (lines: readonly string[], words: string): void => {
  for (const line of lines) expect(line).not.toMatch(obeyed);
  expect(lines.join('\n')).toContain(words);
};

it('shows foreign dead letters without obeying their ids, codes, titles and texts', async () => {
  const { yard, run } = await world();
  const id = `foreign${hostile}`;
  const facts = { reason: 'terminal', code: `12${hostile}`, text: `said${hostile}` } as const;
  const job = { title: `SHOP${hostile}`, text: `Merhaba${hostile}` };
  await yard.put(id, { facts, job, pieceOf: `whole${hostile}` });
  const seen = '\\u001b[2J\\u001b[8m\\u009b1A';
  for (const args of [
    ['dead', 'list'],
    ['dead', 'list', '--json'],
    ['dead', 'summary'],
    ['dead', 'show', id],
    ['dead', 'show', id, '--reveal'],
    ['dead', 'show', id, '--json', '--reveal'],
    ['dead', 'export', '--reveal'],
  ]) {
    expectClean(await run(args), seen);
  }
});

it('lets nobody forge a line of a list by a line break in a title', async () => {
  const { yard, run } = await world();
  await yard.put('one', { job: { title: 'SHOP\nforged' } });
  expect(await run(['dead', 'list'])).toHaveLength(2);
});

it('keeps JSON the same JSON', async () => {
  const { yard, run } = await world();
  await yard.put('one', { job: { title: `SHOP${hostile}` } });
  const { letters } = JSON.parse((await run(['dead', 'list', '--json'])).join('\n'));
  expect(letters[0].job.title).toBe(`SHOP${hostile}`);
});

it('shows notes of holds without obeying them', async () => {
  const { redis, prefix, run } = await world();
  await holdAccount(redis, { prefix, account: 'default', by: `ayşe${hostile}`, note: `asked${hostile}` });
  expectClean(await run(['holds']), 'asked\\u001b[2J');
});

it('names columns and files in errors without obeying them', async () => {
  const { folder, run } = await world();
  const csv = join(folder, 'list.csv');
  await writeFile(csv, `ad${hostile};sehir\nAli;Bursa\n`);
  expectClean(
    await run(['send', '--csv', csv, '--text', 'Merhaba {ad}', '--title', 'SHOP', '--dry-run']),
    'Columns: ad\\u001b[2J\\u001b[8m',
  );
  const missing = await run([
    'send',
    '--csv',
    join(folder, `${hostile}.csv`),
    '--text',
    'x',
    '--title',
    'SHOP',
    '--dry-run',
  ]);
  expectClean(missing, 'FILE_UNREADABLE');
});

it('names settings of a file in errors without obeying them', async () => {
  const { folder, run } = await world();
  const file = join(folder, 'config.json');
  const account = { url: 'https://jetsms.example', username: 'u', password: 'p', title: 'SHOP' };
  await writeFile(
    file,
    JSON.stringify({ [`key${hostile}`]: 1, accounts: { [`shop${hostile}`]: account, shop: account } }),
  );
  expectClean(await run(['config'], { JETSMS_CONFIG: file }), 'SETTINGS_INVALID');
});

it('repeats arguments without obeying them', async () => {
  const { run } = await world();
  expectClean(await run([`send${hostile}`]), 'USAGE');
  expectClean(await run(['hold', `shop${hostile}`, '--reason', 'x']), 'ACCOUNT_UNKNOWN');
  expectClean(await run(['campaign', 'show', `spring${hostile}`]), 'error ');
  expectClean(await run(['classify', `99 ${hostile}`]), '99');
});
