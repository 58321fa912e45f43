import type { FaultRule } from '../../../src/simulator/index.ts';
import { makeTroubles, type Scenario, type Troubles } from '../harness/scenario.ts';
import { lockMs, requestTimeoutMs } from '../harness/world.ts';

/** What the provider does wrong by itself, now and then. */
export const rules: readonly FaultRule[] = [
  { kind: 'accept-then-hang', probability: 0.004 },
  { kind: 'hang', probability: 0.004 },
  { kind: 'accept-then-reset', probability: 0.006 },
  { kind: 'reset-after-read', probability: 0.006 },
  { kind: 'cut-reply', probability: 0.006 },
  { kind: 'empty-200', accepted: true, probability: 0.004 },
  { kind: 'html-200', accepted: false, probability: 0.004 },
  { kind: 'status', status: 503, retryAfter: 1, probability: 0.006 },
  { kind: 'status', status: 502, accepted: true, probability: 0.004 },
  { kind: 'half-close', accepted: true, probability: 0.004 },
  { kind: 'latency', latencyMs: requestTimeoutMs + 300, probability: 0.004 },
];

/** What the road to the provider does, one after the other. */
export const networkTroubles: Troubles = {
  async 'connections to JetSMS cut'({ jetsmsPath }) {
    jetsmsPath.cut();
  },
  async 'requests to JetSMS stalled'({ jetsmsPath, pause, chance }) {
    jetsmsPath.stall('up');
    await pause(chance.between(300, requestTimeoutMs + 500));
    jetsmsPath.resume();
  },
  async 'replies of JetSMS stalled past the time limit'({ jetsmsPath, pause }) {
    jetsmsPath.stall('down');
    await pause(requestTimeoutMs + 500);
    jetsmsPath.resume();
  },
  async 'replies of JetSMS delayed'({ jetsmsPath, pause, chance }) {
    jetsmsPath.delay(chance.between(200, requestTimeoutMs + 300), 'down');
    await pause(1_000);
    jetsmsPath.resume();
  },
  async 'connections to JetSMS half-closed'({ jetsmsPath, chance }) {
    jetsmsPath.halfClose(chance.pick(['up', 'down']));
  },
  async 'requests to JetSMS cut in the middle'({ jetsmsPath, pause, chance }) {
    jetsmsPath.resetAfter(chance.between(100, 3_000), 'up');
    await pause(500);
    jetsmsPath.resume();
  },
  async 'replies of JetSMS cut in the middle'({ jetsmsPath, pause, chance }) {
    jetsmsPath.resetAfter(chance.between(20, 1_000), 'down');
    await pause(500);
    jetsmsPath.resume();
  },
  async 'a worker stopped past its lock, with requests under way'({ workers, pause, chance, simulator }) {
    const victim = chance.pick(workers.alive());
    simulator.setLatency({ minMs: 300, maxMs: 900 });
    // Time for requests to gather: which worker's they are, nobody outside can see.
    await pause(400);
    workers.freeze(victim);
    simulator.setLatency({ minMs: 10, maxMs: 90 });
    await pause(lockMs + 2_500);
    workers.thaw(victim);
  },
};

/** The road to JetSMS, and JetSMS itself, at their worst. */
export const providerNetwork: Scenario = {
  name: 'provider-network',
  title:
    'Connections to JetSMS cut, stalled, half-closed; replies late or never; workers stopped past their lock',
  messages: 2_000,
  loadMs: 18_000,
  workers: 3,
  // A breaker that opens at every hiccup would leave little under way for the next one.
  settings: { JETSMS_UNREACHABLE_AFTER: '30' },
  async act(world, load) {
    for (const rule of rules) world.simulator.faults.add(rule);
    await makeTroubles(networkTroubles, world, load, [100, 800]);
  },
};
