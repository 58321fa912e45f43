import { describe, expect, it } from 'vitest';
import type { Gate } from '../../../../src/bullmq/queue-gate.ts';
import { type Lane, lanes } from '../../../../src/message/lane.ts';
import { type Hold, noRecord } from '../../../../src/worker/account/hold-record.ts';
import { setGates } from '../../../../src/worker/account/lane-gates.ts';

const policy = {
  probeIntervalMs: 1_000,
  maxProbeIntervalMs: 60_000,
  canaryLimitMs: 70_000,
  resumeRatePerSecond: 1,
};
const now = 1_000_000;

const probing: Hold = {
  reason: 'no-credit',
  mode: 'probing',
  since: now - 5_000,
  modeSince: now - 5_000,
  by: 'worker w1',
  probes: 1,
  nextProbeAt: now + 1_000,
  canaryMayGo: true,
};
const resumingFor = (ms: number): Hold => ({ ...probing, mode: 'resuming', modeSince: now - ms });

/** The lanes that let anything through, where so many jobs wait. */
async function openLanes(hold: Hold | undefined, waiting: Partial<Record<Lane, number>>) {
  const gates = new Map<Lane, Gate>();
  const queues = {
    waiting: async () => ({ otp: 0, transactional: 0, bulk: 0, ...waiting }),
    setGate: async (gateOf: (lane: Lane) => Gate) => {
      for (const lane of lanes) gates.set(lane, gateOf(lane));
    },
  };
  await setGates(queues, hold ? { ...noRecord, hold } : noRecord, { now, policy, worker: 'w1' });
  return lanes.filter((lane) => gates.get(lane)?.kind !== 'closed');
}

describe('what the lanes let through', () => {
  it('is everything where nothing holds the account, and nothing while a hold stands', async () => {
    expect(await openLanes(undefined, { bulk: 1 })).toEqual(lanes);
    expect(await openLanes({ ...probing, canaryMayGo: false }, { otp: 1, bulk: 1 })).toEqual([]);
  });

  it('is one canary, of the most urgent lane that has a message', async () => {
    expect(await openLanes(probing, { transactional: 1, bulk: 5 })).toEqual(['transactional']);
    expect(await openLanes(probing, {})).toEqual(['otp']);
  });

  it('begins after a hold with the urgent lanes; the others follow a moment later', async () => {
    expect(await openLanes(resumingFor(100), { transactional: 1, bulk: 5 })).toEqual([
      'otp',
      'transactional',
    ]);
    expect(await openLanes(resumingFor(100), {})).toEqual(lanes);
    expect(await openLanes(resumingFor(600), { transactional: 1, bulk: 5 })).toEqual(lanes);
  });
});
