import type { Case, Evidence } from '../harness/evidence.ts';
import { overWebService, type Scenario } from '../harness/scenario.ts';
import { kills } from './kills.ts';

/** Workers die with requests under way, and JetSMS tells those that follow what became of them. */
export const askKills: Scenario = {
  ...overWebService(kills),
  name: 'ask-kills',
  title: 'SIGKILL of workers with many requests under way; JetSMS is asked what became of them',
  messages: 4_000,
  async act(world, load) {
    // Many are under way at any moment.
    world.simulator.setLatency({ minMs: 200, maxMs: 700 });
    await kills.act(world, load);
  },
  expect: askProblems,
};

/** JetSMS takes requests and says nothing, or closes the connection; asked, it answers. */
export const askHang: Scenario = {
  ...overWebService(kills),
  name: 'ask-hang',
  title: 'JetSMS takes requests and never answers, or cuts the reply; it is asked what became of them',
  messages: 2_000,
  loadMs: 12_000,
  // A breaker that opens at every silence would leave little under way for the next one.
  settings: { JETSMS_SURFACE: 'web-service', JETSMS_UNREACHABLE_AFTER: '1000' },
  async act({ simulator, note }, load) {
    note('a request in eight is taken and gets no answer');
    simulator.faults.add({ kind: 'accept-then-hang', probability: 0.05 });
    simulator.faults.add({ kind: 'accept-then-reset', probability: 0.04 });
    simulator.faults.add({ kind: 'status', status: 502, accepted: true, probability: 0.04 });
    await load.arrived;
  },
  expect: askProblems,
};

/** What JetSMS took is found, and neither left to a person nor sent again; unless the message wanted that. */
function askProblems({ cases, lines }: Evidence): readonly string[] {
  const asked = cases.filter(({ message }) => message.isAskedAbout);
  const left = asked.filter((one) => one.accepted.length > 0 && isUncertain(one));
  const twice = asked.filter(({ accepted }) => accepted.length > 1);
  const found = lines.reduce((sum, line) => sum + (line.found ?? 0), 0);
  return [
    ...(left.length > 0 ? [`${left.length} messages that JetSMS took were left to a person`] : []),
    ...(twice.length > 0 ? [`${twice.length} messages were texted twice`] : []),
    ...(found === 0 ? ['no message was found by asking'] : []),
  ];
}

const isUncertain = ({ deadLetters }: Case): boolean =>
  deadLetters.some(({ letter }) => letter.reason === 'uncertain');
