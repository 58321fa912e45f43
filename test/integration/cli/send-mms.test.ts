import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDelivery, type DeliveryWorld } from '../../support/delivery.ts';
import { captureCli } from '../../unit/cli/capture.ts';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetsms-mms-'));
  file = join(folder, 'sezon.JPG');
  await writeFile(file, Buffer.alloc(2_000, 7));
});
afterAll(() => rm(folder, { recursive: true }));

async function sendMms(world: DeliveryWorld, ...args: readonly string[]) {
  const env = {
    JETSMS_REDIS_URL: world.settings.redisUrl,
    JETSMS_PREFIX: world.prefix,
    JETSMS_SURFACE: world.account.surface,
    JETSMS_TITLE: 'ACME',
  };
  const { exitCode, out, err } = await captureCli(['send', '--text', 'Merhaba', ...args], { env });
  return { exitCode, out: out.join('\n'), err: err.join('\n') };
}

const to = ['--to', '0532 123 45 67', '0533 123 45 67'];

describe('jetsms send --mms', () => {
  it('enqueues one MMS for all numbers, its type told by the name of the file', async () => {
    await using world = await createDelivery({ account: { name: 'default', surface: 'web-service' } });
    const sent = await sendMms(world, ...to, '--mms', file, '--subject', 'Yeni sezon', '--json');
    expect(sent.exitCode).toBe(0);
    const { enqueued, parts, ids } = JSON.parse(sent.out);
    expect({ enqueued, parts, ids: ids.length }).toEqual({ enqueued: 2, parts: 2, ids: 1 });
    await world.startWorker();
    await world.end(ids[0]);
    expect(world.simulator.accepted).toMatchObject([
      { to: '905321234567', media: { subject: 'Yeni sezon', contentType: 'image/jpeg', bytes: 2_000 } },
      { to: '905331234567' },
    ]);
  });

  it('checks everything and enqueues nothing with --dry-run', async () => {
    await using world = await createDelivery({ account: { name: 'default', surface: 'web-service' } });
    const sent = await sendMms(world, ...to, '--mms', file, '--dry-run');
    expect(sent).toMatchObject({ exitCode: 0, out: expect.stringContaining('Dry run') });
    expect(await world.queue.count()).toBe(0);
  });

  it('sends to a number once however often it is named, and says when all was sent before', async () => {
    await using world = await createDelivery({ account: { name: 'default', surface: 'web-service' } });
    const twice = ['--to', '0532 123 45 67', '+90 532 123 45 67', '0533 123 45 67', '--mms', file, '--json'];
    const dry = JSON.parse((await sendMms(world, ...twice, '--dry-run')).out);
    expect(dry).toMatchObject({ lines: 3, enqueued: 2, parts: 2, before: 0, repeated: 1 });
    const keyed = [...twice, '--idempotency-key', 'sezon'];
    const first = JSON.parse((await sendMms(world, ...keyed)).out);
    expect(first).toMatchObject({ lines: 3, enqueued: 2, parts: 2, before: 0, repeated: 1 });
    const again = JSON.parse((await sendMms(world, ...keyed)).out);
    expect(again).toMatchObject({ enqueued: 0, parts: 0, before: 2, repeated: 1, ids: first.ids });
    expect(await world.queue.count()).toBe(1);
  });

  it('says why an account that speaks XML cannot', async () => {
    await using world = await createDelivery({ account: { name: 'default' } });
    for (const more of [[], ['--dry-run']]) {
      const sent = await sendMms(world, ...to, '--mms', file, ...more);
      expect(sent).toMatchObject({ exitCode: 2, err: expect.stringContaining('MMS_NEEDS_WEB_SERVICE') });
    }
  });

  it('refuses a file that is too large by its size, before it is read', async () => {
    await using world = await createDelivery({ account: { name: 'default', surface: 'web-service' } });
    const huge = join(folder, 'huge.jpg');
    await writeFile(huge, '');
    await truncate(huge, 2 ** 40);
    expect(await sendMms(world, ...to, '--mms', huge)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('MEDIA_TOO_LARGE'),
    });
  });

  it.each<[string, readonly string[], string]>([
    ['a file that is not there', [...to, '--mms', 'nowhere.jpg'], 'FILE_UNREADABLE'],
    [
      'a device without an end',
      [...to, '--mms', '/dev/zero', '--content-type', 'image/jpeg'],
      'FILE_NOT_REGULAR',
    ],
    ['a file whose type nobody knows', [...to, '--mms', 'sezon.bin'], 'USAGE'],
    ['a subject without a file', [...to, '--subject', 'Yeni sezon'], 'USAGE'],
    ['a CSV file', ['--csv', 'liste.csv', '--mms', 'sezon.jpg'], 'USAGE'],
  ])('refuses %s', async (_, args, code) => {
    await using world = await createDelivery({ account: { name: 'default', surface: 'web-service' } });
    expect(await sendMms(world, ...args)).toMatchObject({ exitCode: 2, err: expect.stringContaining(code) });
  });
});
