import { expect, it } from 'vitest';
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
