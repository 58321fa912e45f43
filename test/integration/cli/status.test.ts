import { beforeEach, describe, expect, it } from 'vitest';
import { createProducer, type Producer } from '../../../src/producer/index.ts';
import { freshPrefix, sharedRedisUrl } from '../../support/redis.ts';
import { captureCli } from '../../unit/cli/capture.ts';

const hour = 3_600_000;
const secretText = 'gizli kod 4711';

let prefix: string;
let producer: Producer;

beforeEach(() => {
  prefix = freshPrefix();
  const accounts = { default: { title: 'ACME' } };
  producer = createProducer({ redis: sharedRedisUrl(), prefix, accounts });
  return () => producer.close();
});

async function jetsms(...args: readonly string[]) {
  const env = { JETSMS_REDIS_URL: sharedRedisUrl(), JETSMS_PREFIX: prefix };
  const { exitCode, out, err } = await captureCli(args, { env });
  return { exitCode, out, err };
}

const jsonLines = (lines: readonly string[]): readonly unknown[] => lines.map((line) => JSON.parse(line));
const send = (n: number, more = {}) => producer.send({ to: `0532 000 00 0${n}`, text: secretText, ...more });

describe('jetsms status', () => {
  it('prints an object a line of each message, and fails where one is unknown', async () => {
    const { id } = await send(1, { idempotencyKey: 'order 17', meta: { order: 17 } });
    const { exitCode, out } = await jetsms('status', id, 'm00000000000000000000', '--json');
    expect(exitCode).toBe(1);
    expect(jsonLines(out)).toMatchObject([
      {
        ...{ id, account: 'default', lane: 'transactional', state: 'waiting', to: '+90*****01' },
        ...{ at: expect.stringMatching(/^20.+Z$/), key: 'order 17', meta: { order: 17 } },
      },
      { id: 'm00000000000000000000', account: null, lane: null, state: 'unknown', at: null },
    ]);
    expect(out.join('\n')).not.toMatch(/gizli|9053200000/);
  });

  it('prints what is known for people, never the text', async () => {
    const { id } = await send(1);
    const { exitCode, out } = await jetsms('status', id);
    expect(exitCode).toBe(0);
    expect(out.join('\n')).toMatch(/state +waiting: It waits/);
    expect(out.join('\n')).not.toMatch(/gizli|9053200000/);
  });

  it('looks in one account where that is said', async () => {
    expect((await jetsms('status', 'm1', '--account', 'other')).exitCode).toBe(2);
  });
});

describe('jetsms cancel', () => {
  it('says of each message what became of it, and fails where one was not called off', async () => {
    const ids = [(await send(1)).id, (await send(2)).id];
    const { exitCode, out } = await jetsms('cancel', ...ids, '--json');
    expect(exitCode).toBe(0);
    expect(jsonLines(out)).toEqual(ids.map((id) => ({ id, result: 'cancelled' })));
    expect(await producer.statuses(ids)).toMatchObject([{ state: 'cancelled' }, { state: 'cancelled' }]);
    const again = await jetsms('cancel', ids[0] ?? '', 'm00000000000000000000');
    expect(again.exitCode).toBe(1);
    expect(again.out).toEqual([`${ids[0]}  cancelled`, 'm00000000000000000000  unknown']);
  });
});

describe('jetsms scheduled', () => {
  it('lists what waits for its time, the next first, masked', async () => {
    const later = await send(1, {
      sendAt: Date.now() + 2 * hour,
      lane: 'otp',
      deadline: Date.now() + 3 * hour,
    });
    const sooner = await send(2, { sendAt: Date.now() + hour });
    await send(3);
    await producer.sendMany(['0532 000 00 04', '0532 000 00 05'], {
      ...{ campaign: 'spring', text: secretText, sendAt: Date.now() + 3 * hour },
    });
    const off = await send(6, { sendAt: Date.now() + hour });
    await producer.cancel(off.id);
    const { exitCode, out } = await jetsms('scheduled', '--json');
    expect(exitCode).toBe(0);
    expect(jsonLines(out)).toMatchObject([
      { id: sooner.id, account: 'default', lane: 'transactional', messages: 1, to: '+90*****02' },
      { id: later.id, lane: 'otp', to: '+90*****01' },
      { lane: 'bulk', messages: 2, campaign: 'spring' },
    ]);
    const shown = await jetsms('scheduled', '--limit', '1');
    expect(shown.out).toHaveLength(2);
    expect(shown.err.join('\n')).toMatch(/More are scheduled/);
    expect([...out, ...shown.out].join('\n')).not.toMatch(/gizli|9053200000/);
    for (const { id } of [later, sooner]) await producer.cancel(id);
  });

  it('says that nothing is scheduled', async () => {
    expect((await jetsms('scheduled')).out).toEqual(['Nothing is scheduled.']);
  });
});
