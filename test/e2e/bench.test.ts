import { expect, it } from 'vitest';
import { gatewayRound } from '../../bench/figures/gateway.ts';
import { runRound } from '../../bench/figures/round.ts';
import { projectFolder } from '../support/process.ts';

it.each(['ours', 'plain', 'bee'] as const)(
  'counts every message of a round of %s, and the CPU of app, worker and Redis',
  async (contender) => {
    const apps = 2;
    const messages = 30;
    const round = await runRound({
      contender,
      checkout: projectFolder,
      providerMs: 0,
      concurrency: 10,
      apps,
      callers: 5,
      messages,
      warmUp: 10,
    });
    expect(round.perSecond).toBeGreaterThan(0);
    for (const part of [round.producerCpu, round.workerCpu, round.redisCpu]) {
      expect(part).toBeGreaterThanOrEqual(0);
    }
    expect(round.cpu).toBeCloseTo(round.producerCpu + round.workerCpu + round.redisCpu);
    expect(round.requests).toBeLessThanOrEqual(apps * (messages + 10));
    // Ours writes its log, and the others have none.
    if (contender === 'ours') expect(round.attemptLines).toBeGreaterThanOrEqual(round.requests);
    else expect(round).toMatchObject({ attemptLines: 0, requests: apps * (messages + 10) });
  },
);

it('counts every request of a round of the gateway: answered, logged, delivered', async () => {
  const round = await gatewayRound({
    world: { contender: 'ours', checkout: projectFolder, providerMs: 0 },
    connections: 5,
    singles: 40,
    steady: 30,
    perSecond: 200,
    batches: 4,
    batchesAtOnce: 2,
    batchSize: 10,
  });
  // A quarter as many singles and batches come before, not counted for the speed.
  expect(round).toMatchObject({ requests: 85, accessLines: 85, delivered: 130 });
  for (const figure of [
    round.singlesPerSecond,
    round.batchedPerSecond,
    round.p50,
    ...round.singleCpu,
    ...round.batchedCpu,
  ])
    expect(figure).toBeGreaterThan(0);
  expect(round.p99).toBeGreaterThanOrEqual(round.p50);
});
