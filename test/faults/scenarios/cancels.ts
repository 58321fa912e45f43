import { projectFolder, startProcess } from '../../support/process.ts';
import type { Evidence } from '../harness/evidence.ts';
import { killWorkers } from '../harness/kill-workers.ts';
import { type CalledOff, openProducer, type SentMessage, secretWord, surely } from '../harness/load.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';

const rounds = 4;
const singles = 1_750;
const inCampaign = 750;
/** Half of the singles are scheduled, for so long at most. */
const laterMs = 8_000;

/** Messages are called off while they leave, by processes that are killed, as are the workers. */
export const cancels: Scenario = {
  name: 'cancels',
  title:
    '10,000 messages called off while they leave, singles and of campaigns; SIGKILL of cancellers and of workers',
  messages: 1_000,
  loadMs: 20_000,
  workers: 3,
  // Slow enough that there is something left to call off.
  settings: { JETSMS_MESSAGES_PER_SECOND: '250' },
  async act(world, load) {
    await Promise.all([killWorkers(world, load), callOff(world, load)]);
  },
  expect: ({ cases }: Evidence) => {
    const tried = cases.filter(({ message }) => message.calledOff !== undefined);
    const off = tried.filter(({ status }) => status === 'cancelled').length;
    return [
      ...(tried.length === rounds * (singles + inCampaign) ? [] : [`only ${tried.length} were tried`]),
      ...(off > 1_000 && off < tried.length - 1_000 ? [] : [`${off} of ${tried.length} were called off`]),
    ];
  },
};

/** Round by round: messages come, and two processes call the same of them off, one of which is killed in the middle. */
async function callOff(world: World, load: LoadState): Promise<void> {
  const chance = world.chance.fork();
  for (let round = 0; round < rounds; round += 1) {
    const sent = await sendRound(world, round);
    const ids = chance.shuffle([...sent.keys()]);
    const [first, second] = await Promise.all([
      cancelAll(world, ids, chance.between(300, 2_000)),
      cancelAll(world, chance.shuffle(ids), undefined),
    ]);
    const last = await cancelAll(world, ids, undefined);
    for (const [id, message] of sent) {
      const told = [...answersOf(first, id), ...answersOf(second, id)];
      load.alsoSent({ ...message, calledOff: calledOff(id, told, answersOf(last, id)) });
    }
  }
}

/** Two that called at the same time have no order: one that was too late may have been answered first. */
const calledOff = (id: string, atOnce: readonly string[], later: readonly string[]): CalledOff => ({
  id,
  told: [...atOnce.toSorted().toReversed(), ...later],
});

type Answers = ReadonlyMap<string, string>;
const answersOf = (answers: Answers, id: string): readonly string[] => {
  const answer = answers.get(id);
  return answer === undefined ? [] : [answer];
};

/** Messages of one round, by their ids. */
async function sendRound({ redis, chance }: World, round: number): Promise<ReadonlyMap<string, SentMessage>> {
  await using producer = openProducer({ redisUrl: redis.url, requestSize: 50 });
  const sent = new Map<string, SentMessage>();
  const base = round * (singles + inCampaign);
  const campaign = `geri-${round}`;
  const messageAt = (n: number) => ({
    to: `90533${String(base + n).padStart(7, '0')}`,
    text: `${secretWord} geri ${base + n}`,
  });
  const recipients = Array.from({ length: inCampaign }, (_, n) => messageAt(singles + n));
  const lane = { lane: 'bulk', whenUncertain: 'park' } as const;
  await Promise.all([
    ...Array.from({ length: singles }, async (_, n) => {
      const { to, text } = messageAt(n);
      const isOtp = n % 3 === 0;
      const how = isOtp
        ? ({ lane: 'otp', whenUncertain: 'resend' } as const)
        : ({ lane: 'transactional', whenUncertain: 'park' } as const);
      const later = n % 2 === 0 ? { sendAt: Date.now() + chance.between(1_000, laterMs) } : {};
      const { id, duplicate } = await surely(() =>
        producer.send({ to, text, ...how, ...later, idempotencyKey: text }),
      );
      sent.set(id, { to, text, ...how, ...later, isAskedAbout: false, told: [{ id, duplicate }] });
    }),
    surely(() =>
      producer.sendMany(recipients, {
        campaign,
        ...lane,
        onStored: ({ indices, ids }) => {
          for (const [at, id] of ids.entries()) {
            const recipient = recipients[indices[at] ?? 0];
            if (recipient) sent.set(id, { ...recipient, ...lane, isAskedAbout: false, campaign });
          }
        },
      }),
    ),
  ]);
  return sent;
}

/** Calls messages off in a process of its own, which is killed after a while where that is said; what it was told. */
async function cancelAll(
  { redis, note, pause }: World,
  ids: readonly string[],
  killAfterMs: number | undefined,
): Promise<Answers> {
  const order = { redis: redis.url, prefix: '{jetsms}', account: 'default', ids };
  await using canceller = startProcess(
    [process.execPath, `${projectFolder}test/support/cancelling-process.ts`],
    { input: JSON.stringify(order) },
  );
  if (killAfterMs === undefined) {
    const { code } = await canceller.exit;
    if (code !== 0) throw new Error(`a canceller ended with ${code}: ${canceller.stderr.join(' ')}`);
  } else {
    await canceller.waitForLine(/result/, { limitMs: 60_000 });
    await pause(killAfterMs);
    note('SIGKILL of a canceller');
    await canceller.kill('SIGKILL');
  }
  return new Map(
    canceller.stdout.map((line) => {
      const { id, result } = JSON.parse(line) as { readonly id: string; readonly result: string };
      return [id, result];
    }),
  );
}
