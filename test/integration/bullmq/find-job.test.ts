import { expect, it, onTestFinished } from 'vitest';
import { createJobFinder } from '../../../src/bullmq/find-job.ts';
import { openOperatorRedis, whenReady } from '../../../src/queue/redis.ts';
import { freshPrefix, startRedis } from '../../support/redis.ts';
import { startTcpProxy } from '../../support/tcp-proxy.ts';
import { waitFor } from '../../support/wait-for.ts';

it('a finder finds again after a connection that was lost while its queues were opened', async () => {
  await using server = await startRedis();
  await using road = await startTcpProxy(server);
  const redis = openOperatorRedis(`redis://${road.host}:${road.port}`, 2_000);
  redis.on('error', () => {});
  onTestFinished(() => redis.disconnect());
  await whenReady(redis, 5_000);
  const finder = createJobFinder(redis, { prefix: freshPrefix(), account: 'shop' });
  road.stall('down');
  const sent = road.counters().up;
  const lost = expect(finder.find('m1')).rejects.toThrow();
  await waitFor(() => road.counters().up > sent);
  road.cut();
  await lost;
  road.resume();
  await whenReady(redis, 5_000);
  expect(await finder.find('m1')).toBeUndefined();
  await finder.close();
});
