import type { Case, Evidence } from '../harness/evidence.ts';
import { killWorkers } from '../harness/kill-workers.ts';
import { type Flaw, tooLong } from '../harness/load.ts';
import { untilAllEnded } from '../harness/rest.ts';
import type { Scenario } from '../harness/scenario.ts';

/** What the simulator does not refuse by itself, since the producer would: JetSMS may know better. */
const byRule: readonly Flaw[] = [
  { code: '31', words: ' numarasiz' },
  { code: '80', words: ' karaktersiz' },
];

/** A batch is divided until the one at fault is alone, whoever dies meanwhile. */
export const flaws: Scenario = {
  name: 'flaws',
  title: 'Messages that JetSMS must refuse (31, 80, 85) in the midst of batches; SIGKILL of workers',
  messages: 3_000,
  loadMs: 12_000,
  workers: 3,
  load: { atOnce: 150, campaignShare: 0, flawedShare: 0.02, flaws: [...byRule, tooLong] },
  async act(world, load) {
    for (const { code, words } of byRule)
      world.simulator.faults.add({ kind: 'reply', code, match: { textIncludes: words } });
    await killWorkers(world, load);
    // The rules end with the trouble.
    await untilAllEnded(world);
  },
  expect: ({ cases }: Evidence) => {
    const flawed = cases.filter(({ message }) => message.flaw);
    const refused = flawed.filter((one) => endOf(one) === `terminal ${one.message.flaw?.code}`);
    const inBatch = refused.filter(({ jobs }) => jobs.some(({ data }) => data.joined));
    const others = cases.filter(
      (one) => !['accepted', 'uncertain'].includes(endOf(one)) && !refused.includes(one),
    );
    return [
      ...others.slice(0, 3).map((one) => `${one.message.flaw?.code ?? 'good'}, but ${endOf(one)}`),
      ...(inBatch.length < flawed.length / 2
        ? [`${inBatch.length} of ${flawed.length} that must be refused were refused out of a batch`]
        : []),
    ];
  },
};

/** How a message has ended: `accepted`, `uncertain` since a worker was killed, or why it is dead. */
function endOf({ deadLetters: [dead] }: Case): string {
  if (!dead) return 'accepted';
  const { reason, code } = dead.letter;
  return reason === 'uncertain' ? reason : `${reason} ${code}`;
}
