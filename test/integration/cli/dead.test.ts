import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DeadLetterFixture, openDeadLetterFixture } from '../../support/dead-letters.ts';

import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

let redis: Redis;
let env: Record<string, string>;
let yard: DeadLetterFixture;

beforeAll(() => {
  redis = new Redis(sharedRedisUrl(), { maxRetriesPerRequest: null });
});
afterAll(() => redis.disconnect());
beforeEach(() => {
  const prefix = freshPrefix();
  env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  yard = openDeadLetterFixture(redis, prefix);
  return () => yard[Symbol.asyncDispose]();
});

const number = '905321234567';
const text = 'Gizli metin';

/** One dead letter of each kind, all of them with the same number and text. */
async function fill(): Promise<void> {
  const job = { to: [number], text, title: 'FIRMA' };
  const at = Date.now() - 7_200_000;
  const attempt = {
    n: 1,
    at,
    outcome: 'refused',
    code: '12',
    verdict: 'dead-letter',
    durationMs: 48,
  } as const;
  await yard.put('old', { job: { ...job, parts: 2 }, diedAt: at, history: [attempt] });
  await yard.put('mb', { job, facts: { reason: 'uncertain', code: 'reply-timeout', mayHaveArrived: true } });
  await yard.put('mc', { job, facts: { reason: 'expired' } });
  await yard.put('md', {
    data: { to: number, text },
    facts: { reason: 'invalid', text: 'field to is not valid' },
  });
}

async function dead(...args: readonly string[]) {
  const { exitCode, out, err } = await captureCli(['dead', ...args], { env });
  return { code: exitCode, stdout: out.join('\n'), stderr: err.join('\n') };
}

const good = { v: 1, reason: 'terminal', history: [], enqueuedAt: 1, diedAt: 2 };

/** What somebody else, or a bug, could have left in the place of a dead letter. */
const strange: readonly (readonly [what: string, data: string])[] = [
  ['with a history of nothing', JSON.stringify({ ...good, history: [null] })],
  ['with a code of no form', JSON.stringify({ ...good, code: {} })],
  ['with a code that is a number', JSON.stringify({ ...good, code: 12 })],
  ['with a text of no form', JSON.stringify({ ...good, text: {} })],
  ['without a version', JSON.stringify({ ...good, v: undefined })],
  ['that died at no time', JSON.stringify({ ...good, diedAt: 'yesterday' })],
  ['with a reason of JavaScript', JSON.stringify({ ...good, reason: 'constructor' })],
  ['that is no JSON', '{"v":1,'],
  ['that is null', 'null'],
  ['that is nested without end', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
];

describe('a dead letter that cannot be read', () => {
  const lay = async (data: string): Promise<void> => {
    await fill();
    await redis.hset(`${env['JETSMS_PREFIX']}:jetsms-default-dead:old`, { data });
  };

  it.each(strange)('is listed beside the others, and can be shown and exported: one %s', async (_, data) => {
    await lay(data);
    const listed = await dead('list');
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    expect(listed.stdout).toMatch(/^old .* invalid .* what lies here is no dead letter of this product: /m);
    expect(listed.stdout.split('\n')).toHaveLength(5);
    expect((await dead('show', 'old')).stdout).toContain('Whether a request was made is not known.');
    for (const args of [['show', 'old', '--reveal', '--json'], ['summary'], ['list', '--json', '--reveal']]) {
      expect(await dead(...args)).toMatchObject({ code: 0, stderr: '' });
    }
    const exported = await dead('export', '--reveal');
    expect(exported.code).toBe(0);
    const lines = exported.stdout.split('\n').map((line) => JSON.parse(line));
    expect(lines.find(({ id }) => id === 'old')).toMatchObject({ reason: 'invalid', unreadableJob: data });
  });

  it.each(strange)('is left where it is by a replay, and discarded when asked: one %s', async (_, data) => {
    await lay(data);
    const everything = ['--include-expired', '--include-uncertain', '--include-cancelled'];
    const replayed = await dead('replay', '--all', ...everything, '--yes', '--json');
    expect(JSON.parse(replayed.stdout)).toMatchObject({ replayed: 2, skipped: { invalid: 2 } });
    expect(await yard.waitingIds()).toEqual(['mb.r1', 'mc.r1']);
    expect(JSON.parse((await dead('discard', 'old', '--yes', '--json')).stdout)).toMatchObject({
      discarded: 1,
    });
    expect((await dead('list')).stdout).not.toMatch(/^old /m);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'is not one whose code is a word of JavaScript: %s',
    async (code) => {
      const attempt = { n: 1, at: 1, outcome: 'refused', code, verdict: 'dead-letter' } as const;
      await yard.put('m1', { facts: { reason: 'unknown-code', code }, history: [attempt] });
      for (const args of [['list'], ['show', 'm1'], ['summary'], ['export']]) {
        const { code: exitCode, stdout } = await dead(...args);
        expect(exitCode).toBe(0);
        expect(stdout).toContain(code);
        expect(stdout).not.toContain('function');
      }
    },
  );
});

describe('a message whose job cannot be read', () => {
  it.each([
    ['journal', { journal: '{"history":[null]}' }],
    ['data', { data: '{' }],
    ['options', { opts: 'null' }],
  ])('is shown as far as that goes: its %s', async (_, fields) => {
    await fill();
    await dead('replay', 'old', '--yes');
    const queue = 'jetsms-default-bulk';
    const isJournal = 'journal' in fields;
    const key = `${env['JETSMS_PREFIX']}${isJournal ? ':record' : ''}:${queue}:old.r1`;
    await redis.hset(key, fields);
    const { code, stdout } = await dead('show', 'old.r1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^state +waiting$/m);
    expect(stdout).toMatch(/^unreadable +\S/m);
    expect((await dead('show', 'old')).stdout).toMatch(/replayed as +old\.r1 \(waiting\)/);
  });
});

describe('jetsms dead', () => {
  it('lists letters with what their codes mean, numbers masked and texts left out', async () => {
    await fill();
    const { code, stdout, stderr } = await dead('list');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual(['ID', 'md', 'mc', 'mb', 'old']);
    expect(stdout).toMatch(/old .* terminal +12 .* \+90\*{5}67 +2 +sender title wrong or not approved/);
  });

  it('lists page by page as JSON', async () => {
    await fill();
    const first = JSON.parse((await dead('list', '--json', '--limit', '3')).stdout);
    const second = JSON.parse((await dead('list', '--json', '--cursor', first.next)).stdout);
    expect(first.letters.map(({ id }: { id: string }) => id)).toEqual(['md', 'mc', 'mb']);
    expect(second).toMatchObject({ account: 'default', letters: [{ id: 'old', code: '12' }], next: null });
  });

  it('counts them', async () => {
    await fill();
    expect(JSON.parse((await dead('summary', '--json')).stdout)).toMatchObject({
      ...{ letters: 4, messages: 4, parts: 4 },
      leftOut: { expired: 1, uncertain: 1, cancelled: 0, invalid: 1 },
    });
    expect((await dead('summary', '--older-than', '1h')).stdout).toMatch(/all +1 +1 +2/);
  });

  it('shows a letter with its history, and where it went', async () => {
    await fill();
    expect((await dead('show', 'old')).stdout).toMatch(
      /state +dead-letter[\s\S]*1 .* refused +12 +dead-letter +48/,
    );
    await dead('replay', 'old', '--yes');
    expect((await dead('show', 'old')).stdout).toMatch(/replayed as +old\.r1 \(waiting\)/);
    const replay = JSON.parse((await dead('show', 'old.r1', '--json')).stdout);
    expect(replay).toMatchObject({ state: 'waiting', origins: [{ id: 'old', state: 'replayed' }] });
  });

  it('knows nothing of a message that never was', async () => {
    const { code, stderr } = await dead('show', 'nobody');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error MESSAGE_UNKNOWN: /);
  });

  it('says what a replay would send, then sends it', async () => {
    await fill();
    const plan = await dead('replay', '--all', '--dry-run');
    expect(plan.stdout).toMatch(/^Would enqueue 1 message \(2 SMS parts\) of 1 dead letter\./);
    expect(await yard.waitingIds()).toEqual([]);
    const done = await dead('replay', '--all', '--include-uncertain', '--yes', '--json', '--into', 'own');
    expect(JSON.parse(done.stdout)).toEqual({
      ...{ account: 'default', replayed: 2, messages: 2, parts: 3, skipped: { expired: 1, invalid: 1 } },
      ...{ dryRun: false, stopped: false },
    });
    await using own = openDeadLetterFixture(redis, env['JETSMS_PREFIX'] ?? '', 'default', 'transactional');
    expect(await own.waitingIds()).toEqual(['mb.r1', 'old.r1']);
    expect((await own.dataOf('mb.r1')).lane).toBe('transactional');
  });

  it.each(['replay', 'discard'])('does not %s without being told what, or without a yes', async (what) => {
    await fill();
    const nothing = await dead(what, '--yes');
    expect(nothing).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error NOTHING_CHOSEN: /) });
    const nobody = await dead(what, '--code', '12');
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('error NOT_CONFIRMED: ') });
    expect((await yard.letterIds()).length).toBe(4);
    expect(await yard.waitingIds()).toEqual([]);
  });

  it.each(['replay', 'discard'])('%s says of which ids there is no dead letter', async (what) => {
    await fill();
    const word = '2 ids are those of no dead letter: `jetsms dead show <id>` says what became of a message.';
    const all = await dead(what, 'old', 'nobody', 'noone', '--yes');
    expect(all).toMatchObject({ code: 0, stderr: expect.stringContaining(word) });
    expect((await dead(what, 'old', '--yes')).stderr).toContain('1 id is that of no dead letter: ');
    for (const args of [['mc'], ['md'], ['mb', '--code', '12'], ['--reason', 'terminal']])
      expect((await dead(what, ...args, '--dry-run')).stderr).toBe('');
  });

  it('discards for good', async () => {
    await fill();
    expect((await dead('discard', 'md', '--dry-run')).stdout).toBe(
      'Would discard 1 dead letter (1 message).',
    );
    expect((await dead('discard', '--reason', 'expired', '--yes')).stdout).toMatch(
      /^Discarded 1 dead letter /,
    );
    expect(await yard.letterIds()).toEqual(['mb', 'md', 'old']);
  });

  it('shows nothing private unless it is told to', async () => {
    await fill();
    const views = [
      ['list'],
      ['list', '--json'],
      ['show', 'old'],
      ['show', 'md', '--json'],
      ['export'],
      ['summary'],
    ];
    for (const args of views) {
      const { stdout, stderr } = await dead(...args);
      expect(stdout + stderr).not.toContain(number);
      expect(stdout + stderr).not.toContain('Gizli');
    }
    const revealed = await dead('export', '--reveal');
    expect(revealed.stdout.split('\n').map((line) => JSON.parse(line).id)).toEqual(['old', 'mb', 'mc', 'md']);
    for (const line of revealed.stdout.split('\n')) expect(line).toMatch(new RegExp(`${number}.*${text}`));
  });

  it('shows of the words of JetSMS those of the code list, and the others only when told to', async () => {
    const job = { to: [number], text, title: 'FIRMA' };
    const quoting = 'wrong title G1zli met1n 532-123.45 67';
    await yard.put('m1', { job, facts: { reason: 'terminal', code: '12', text: quoting } });
    await yard.put('m2', { job, facts: { reason: 'unknown-code', code: '55', text: quoting } });
    for (const args of [['list', '--json'], ['show', 'm1'], ['show', 'm2'], ['export'], ['list']]) {
      expect((await dead(...args)).stdout).not.toMatch(/G1zli|532-123/);
    }
    expect((await dead('show', 'm1')).stdout).toMatch(/JetSMS said +wrong title … \(--reveal shows it all\)/);
    const letters = async (...args: string[]) =>
      (await dead('export', ...args)).stdout.split('\n').map((line) => JSON.parse(line).providerText);
    expect((await letters()).toSorted()).toEqual(['wrong title …', '…']);
    expect(await letters('--reveal')).toEqual([quoting, quoting]);
  });

  it('ends with exit code 3 where Redis is away', async () => {
    const away = { ...env, JETSMS_REDIS_URL: 'redis://127.0.0.1:1' };
    const { exitCode, err } = await captureCli(['dead', 'list', '--json'], { env: away });
    expect(exitCode).toBe(3);
    expect(JSON.parse(err[0] ?? '').error.code).toBe('REDIS_UNAVAILABLE');
  });

  it('names the accounts that there are where one is not', async () => {
    const { code, stderr } = await dead('list', '--account', 'shop');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error ACCOUNT_UNKNOWN: .*Known: default\./);
  });
});
