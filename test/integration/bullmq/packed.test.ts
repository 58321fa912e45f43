import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { packed, unpacked } from '../../../src/bullmq/packed.ts';
import { startRedis } from '../../support/redis.ts';

it('packed values reach a script byte by byte, whatever they are', async () => {
  await using own = await startRedis();
  const redis = new Redis(own.url);
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const values = ['', 'İğne ₺ 🙂', everyByte, 1_795_385_461_410, -1, true, undefined, 'x'.repeat(70_000)];
  const script = `
    local values = cmsgpack.unpack(ARGV[1])
    redis.call('RPUSH', KEYS[1], #values, unpack(values))`;
  await redis.eval(script, 1, 'values', packed(values));
  const [count, ...found] = await redis.lrangeBuffer('values', 0, -1);
  expect(String(count)).toBe('8');
  const texts = ['', 'İğne ₺ 🙂', everyByte, '1795385461410', '-1', 'true', '', 'x'.repeat(70_000)];
  expect(found).toEqual(texts.map((text) => Buffer.from(text as string)));
  expect(await redis.eval('return #cmsgpack.unpack(ARGV[1])', 0, packed([]))).toBe(0);
  redis.disconnect();
});

it('what a script packs is read as it would be without packing', async () => {
  await using own = await startRedis();
  const redis = new Redis(own.url);
  const lists = `{ { { 'id', 'İğne ₺ 🙂', 'n', '' }, 'k1', 0, 1795385461410 }, { err = 'no' }, -3, {}, string.rep('x', 70000) }`;
  const answer = await redis.callBuffer('EVAL', `return cmsgpack.pack(${lists})`, 0);
  expect(unpacked(answer as Buffer)).toEqual([
    [['id', 'İğne ₺ 🙂', 'n', ''], 'k1', 0, 1_795_385_461_410],
    { err: 'no' },
    -3,
    [],
    'x'.repeat(70_000),
  ]);
  redis.disconnect();
});
