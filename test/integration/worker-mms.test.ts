import { describe, expect, it } from 'vitest';
import { istanbulClock } from '../../src/message/istanbul-time.ts';
import { openDeadLetters } from '../../src/operator/index.ts';
import { createProducer, MessageError, type NewMms } from '../../src/producer/index.ts';
import { readMedia } from '../../src/queue/media.ts';
import { keys } from '../../src/queue/names.ts';
import { nextOpening } from '../../src/worker/verdict/mms-window.ts';
import { createDelivery, type DeliveryWorld, numberAt } from '../support/delivery.ts';
import { sharedRedisUrl } from '../support/redis.ts';
import { waitFor } from '../support/wait-for.ts';

const webService = { surface: 'web-service' } as const;
const image = Buffer.from(Array.from({ length: 5_000 }, (_, n) => n % 256));

const mms = (change: Partial<NewMms> = {}): NewMms => ({
  to: '0532 123 45 67',
  subject: 'Yeni sezon',
  text: 'Merhaba',
  media: { contentType: 'image/jpeg', data: image },
  ...change,
});

const mediaKeys = ({ redis, prefix }: DeliveryWorld): Promise<string[]> =>
  redis.keys(keys.media(prefix, '*', '*'));

async function refusal(sending: Promise<unknown>): Promise<MessageError> {
  const error = await sending.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof MessageError) return error;
  throw error ?? new Error('it was not refused');
}

describe('an MMS', () => {
  it('arrives with its subject, its text and its medium, byte for byte', async () => {
    await using world = await createDelivery({ account: webService });
    await world.startWorker();
    const receipt = await world.producer.sendMms(mms());
    expect(receipt).toMatchObject({ account: 'acme', messages: 1, parts: 1, duplicate: false });
    const ended = await world.end(receipt.id);
    expect(ended.job.returnvalue.end).toBe('accepted');
    expect(world.simulator.accepted).toMatchObject([
      {
        to: '905321234567',
        text: 'Merhaba',
        media: { subject: 'Yeni sezon', contentType: 'image/jpeg', bytes: image.length },
      },
    ]);
  });

  it('to many travels in one request, and its medium lies in Redis once', async () => {
    await using world = await createDelivery({ account: webService });
    await world.startWorker();
    const to = Array.from({ length: 200 }, (_, n) => `+${numberAt(n)}`);
    const first = await world.producer.sendMms(mms({ to }));
    const second = await world.producer.sendMms(mms({ subject: '' }));
    expect(first).toMatchObject({ messages: 200, parts: 200 });
    await world.end(first.id);
    await world.end(second.id);
    expect(world.simulator.accepted).toHaveLength(201);
    expect(world.simulator.stats().requests).toBe(2);
    const [key, ...others] = await mediaKeys(world);
    expect(others).toEqual([]);
    const hash = key?.split(':').at(-1) ?? '';
    expect(await readMedia(world.redis, { prefix: world.prefix, account: 'acme' }, hash)).toEqual(image);
    expect(JSON.stringify((await world.queue.getJob(first.id))?.data).length).toBeLessThan(5_000);
  });

  it('keeps its medium until long after its deadline, and never for less than was promised before', async () => {
    await using world = await createDelivery({ account: webService });
    const hour = 3_600_000;
    const day = 24 * hour;
    await world.producer.sendMms(mms({ deadline: Date.now() + 10 * day }));
    await world.producer.sendMms(mms({ deadline: Date.now() + hour }));
    const [key = ''] = await mediaKeys(world);
    const leftMs = await world.redis.pttl(key);
    expect(leftMs).toBeGreaterThan(100 * day - hour);
    expect(leftMs).toBeLessThanOrEqual(100 * day);
  });

  it('is sent once under one idempotency key, and another content under it is refused', async () => {
    await using world = await createDelivery({ account: webService });
    const first = await world.producer.sendMms(mms({ idempotencyKey: 'order-1' }));
    const again = await world.producer.sendMms(mms({ idempotencyKey: 'order-1' }));
    expect(again).toMatchObject({ id: first.id, duplicate: true });
    const other = mms({ idempotencyKey: 'order-1', media: { contentType: 'image/png', data: image } });
    const conflict = { code: 'IDEMPOTENCY_CONFLICT', messageId: first.id };
    await expect(world.producer.sendMms(other)).rejects.toMatchObject({ ...conflict, fields: ['media'] });
    const later = mms({ idempotencyKey: 'order-1', sendAt: Date.now() + 18_000_000 });
    await expect(world.producer.sendMms(later)).rejects.toMatchObject({ ...conflict, fields: ['sendAt'] });
    const past = mms({
      idempotencyKey: 'order-1',
      deadline: first.deadlineAt ?? 0,
      sendAt: Date.now() - 10_000,
    });
    expect(await world.producer.sendMms(past)).toEqual({ ...first, duplicate: true });
    expect(await world.queue.getJobCountByTypes('waiting')).toBe(1);
  });

  it('goes to a number once however often it is named, unless repeats are allowed', async () => {
    await using world = await createDelivery({ account: webService });
    const to = ['0532 123 45 67', '+905321234567', '0533 123 45 67'];
    const { id, ...receipt } = await world.producer.sendMms(mms({ to }));
    expect(receipt).toMatchObject({ messages: 2, repeated: 1, parts: 2 });
    expect((await world.queue.getJob(id))?.data.to).toEqual(['905321234567', '905331234567']);
    const allowing = await world.producer.sendMms(mms({ to, allowRepeats: true }));
    expect(allowing).toMatchObject({ messages: 3, repeated: 0 });
  });

  it('is refused where its job would be too large, and nothing is stored', async () => {
    await using world = await createDelivery({ account: webService });
    const to = Array.from({ length: 8_000 }, (_, n) => numberAt(n));
    const options = {
      redis: sharedRedisUrl(),
      prefix: world.prefix,
      requestSize: 10_000,
      maxJobBytes: 100_000,
    };
    await using producer = createProducer({ ...options, accounts: { [world.account.name]: world.account } });
    const error = await refusal(producer.sendMms(mms({ to })));
    expect(error).toMatchObject({ code: 'JOB_TOO_LARGE', field: 'to', details: { maximum: 100_000 } });
    expect(await mediaKeys(world)).toEqual([]);
    expect(await world.queue.count()).toBe(0);
    expect(await producer.sendMms(mms({ to: to.slice(0, 5_000) }))).toMatchObject({ messages: 5_000 });
  });

  it('may come without a text', async () => {
    await using world = await createDelivery({ account: webService });
    await world.startWorker();
    const { text: _text, ...silent } = mms();
    const { id } = await world.producer.sendMms(silent);
    await world.end(id);
    expect(world.simulator.accepted).toMatchObject([{ text: '' }]);
  });

  it('never travels together with others of its title', async () => {
    await using world = await createDelivery({
      account: { ...webService, batchSize: 10, batchWaitMs: 50 },
    });
    const sms = await world.send({ text: 'Merhaba' });
    const first = await world.producer.sendMms(mms());
    const second = await world.producer.sendMms(mms({ subject: 'Son gün' }));
    await world.startWorker();
    for (const { id } of [sms, first, second]) await world.end(id);
    expect(world.simulator.stats().requests).toBe(3);
    expect(world.simulator.accepted.filter(({ media }) => media)).toHaveLength(2);
  });
});

describe('before it is enqueued, an MMS is refused', () => {
  it('for an account that speaks XML, with the reason', async () => {
    await using world = await createDelivery();
    const error = await refusal(world.producer.sendMms(mms()));
    expect(error).toMatchObject({ code: 'MMS_NEEDS_WEB_SERVICE', field: 'account' });
    expect(error.message).toContain('the XML form of an MMS is not public');
    expect(await mediaKeys(world)).toEqual([]);
    expect(await world.queue.count()).toBe(0);
  });

  it.each<[string, Partial<NewMms>, string, string]>([
    [
      'for its content type',
      { media: { contentType: 'image/tiff', data: image } },
      'MEDIA_TYPE_NOT_ALLOWED',
      'media.contentType',
    ],
    [
      'for its size',
      { media: { contentType: 'image/jpeg', data: Buffer.alloc(307_201) } },
      'MEDIA_TOO_LARGE',
      'media.data',
    ],
    [
      'for a medium that is no bytes',
      { media: { contentType: 'image/jpeg', data: 'aGFsbG8=' as unknown as Buffer } },
      'MEDIA_INVALID',
      'media',
    ],
    [
      'for an empty medium',
      { media: { contentType: 'image/jpeg', data: Buffer.alloc(0) } },
      'MEDIA_INVALID',
      'media',
    ],
    ['for its subject', { subject: 'x'.repeat(41) }, 'SUBJECT_INVALID', 'subject'],
    ['for one of its numbers', { to: ['0532 123 45 67', '0212 123 45 67'] }, 'NUMBER_NOT_MOBILE', 'to[1]'],
    ['without recipients', { to: [] }, 'RECIPIENTS_MISSING', 'to'],
    [
      'for too many recipients',
      { to: Array.from({ length: 1_001 }, () => '0532 123 45 67') },
      'TOO_MANY_RECIPIENTS',
      'to',
    ],
    ['for a field that is not known', { medium: image } as Partial<NewMms>, 'FIELD_UNKNOWN', 'message'],
  ])('%s', async (_, change, code, field) => {
    await using world = await createDelivery({ account: webService });
    const error = await refusal(world.producer.sendMms(mms(change)));
    expect(error).toMatchObject({ code, field });
    expect(error.message).not.toMatch(/\d{3} \d{2} \d{2}/);
    expect(await mediaKeys(world)).toEqual([]);
    expect(await world.queue.count()).toBe(0);
  });
});

describe('an MMS that cannot be sent as it lies there', () => {
  it('is invalid where its medium is gone, and says so; no request is made', async () => {
    await using world = await createDelivery({ account: webService });
    const { id } = await world.producer.sendMms(mms());
    await world.redis.del(await mediaKeys(world));
    await world.startWorker();
    const { letter } = await world.end(id);
    expect(letter).toMatchObject({ reason: 'invalid', history: [] });
    expect(letter?.text).toContain('the medium of this MMS is no longer in Redis');
    expect(world.simulator.stats().requests).toBe(0);
  });

  it('is invalid where the worker speaks XML, and can be replayed once it does not', async () => {
    await using world = await createDelivery({ account: webService });
    const { id } = await world.producer.sendMms(mms());
    const xml = { ...world.account, surface: 'xml', url: world.simulator.xmlUrl } as const;
    const settings = { ...world.settings, accounts: new Map([[xml.name, xml]]) };
    const worker = await world.startWorker({ settings });
    const { letter } = await world.end(id);
    expect(letter?.text).toContain('set its surface to web-service');
    await worker.close();

    await using letters = openDeadLetters({ redis: world.redis, prefix: world.prefix, account: 'acme' });
    await letters.replay({});
    await world.startWorker();
    await world.simulator.waitForAccepted(1, 5_000);
    expect(world.simulator.accepted).toMatchObject([{ media: { bytes: image.length } }]);
  });

  it('is a dead letter for all its recipients at once where JetSMS does not take its medium', async () => {
    await using world = await createDelivery({
      account: { ...webService, mmsContentTypes: ['image/webp'] },
    });
    await world.startWorker();
    const to = [0, 1, 2, 3].map((n) => `+${numberAt(n)}`);
    const { id } = await world.producer.sendMms(
      mms({ to, media: { contentType: 'image/webp', data: image } }),
    );
    const { letter } = await world.end(id);
    expect(letter).toMatchObject({ reason: 'terminal', code: '202', job: { parts: 4 } });
    expect(world.simulator.stats().requests).toBe(1);
  });
});

describe('the MMS window', () => {
  const inTwoDays = () => ((istanbulClock(Date.now()).weekday + 1) % 7) + 1;
  const mmsWindows = [{ days: [inTwoDays()], fromMinute: 540, toMinute: 1_260 }];

  it('spares the refused request: outside of it an MMS waits for its opening', async () => {
    await using world = await createDelivery({ account: { ...webService, mmsWindows } });
    const worker = await world.startWorker();
    const { id } = await world.producer.sendMms(mms({ lane: 'bulk' }));
    const sms = await world.send({ lane: 'bulk' });
    await waitFor(async () => (await world.queueOf('bulk').getJobState(id)) === 'delayed');
    await world.end(sms.id);
    expect(world.simulator.stats().requests).toBe(1);
    await worker.close();

    const opening = nextOpening(mmsWindows, Date.now()) ?? Number.NaN;
    await world.startWorker({ now: () => opening + 1_000 });
    await (await world.queueOf('bulk').getJob(id))?.promote();
    expect((await world.end(id)).way).toEqual(['accepted 00 complete']);
  });

  it('an MMS that cannot live to see it opens is expired, without a request', async () => {
    await using world = await createDelivery({ account: { ...webService, mmsWindows } });
    await world.startWorker();
    const { id } = await world.producer.sendMms(mms({ deadline: Date.now() + 3_600_000 }));
    const { letter } = await world.end(id);
    expect(letter).toMatchObject({ reason: 'expired', history: [] });
    expect(world.simulator.stats().requests).toBe(0);
  });
});
