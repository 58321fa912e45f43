import { laneDefaults, lanes, notFoundChoices } from '../../../src/message/lane.ts';
import { sendJobOptions } from '../../../src/queue/job-options.ts';
import { defaultAccount, defaultPrefix, keys } from '../../../src/queue/names.ts';
import type { SendJob } from '../../../src/queue/send-job.ts';
import { runCli } from '../../support/process.ts';
import { sendJob } from '../../support/send-job.ts';
import type { Chance } from '../harness/chance.ts';
import { numberAt, type SentMessage, secretWord } from '../harness/load.ts';
import { replyWith } from '../harness/reply.ts';
import type { LoadState, Scenario } from '../harness/scenario.ts';
import type { World } from '../harness/world.ts';

/** Journals that nobody of ours wrote, as they lie in Redis. */
const journals: readonly string[] = [
  '{"history":null}',
  '{"history":[null],"attempts":0,"resends":0,"stalls":0}',
  '{"attempts":0,"resends":0,"stalls":0,"history":[],"settled":{"end":"constructor","at":1}}',
  '{"attempts":0,"resends":0,"stalls":0,"history":[],"settled":{"end":"split","at":1,"pieces":[]}}',
  '{"attempts":"__proto__","resends":0,"stalls":0,"history":[]}',
  '[1,2]',
  '"late"',
  '50',
  '{"history":',
];

/** Data that nobody of ours wrote, as it lies in Redis. */
const foreign: readonly ((good: SendJob) => string)[] = [
  () => '{"v":1,',
  () => 'null',
  () => '"send this"',
  () => '[[["905321234567"]]]',
  () => '['.repeat(20_000) + ']'.repeat(20_000),
  (good) => JSON.stringify({ ...good, v: 2 }),
  (good) => JSON.stringify({ ...good, lane: 'constructor' }),
  (good) => JSON.stringify({ ...good, whenUncertain: '__proto__' }),
  (good) => JSON.stringify({ ...good, to: [null] }),
  (good) => JSON.stringify({ ...good, deadlineAt: 1e300 }),
  (good) => JSON.stringify({ ...good, filler: 'x'.repeat(largestBytes) }),
];

const largestBytes = 100_000;

/** Numbers that no load reaches. */
const firstNumber = 9_500_000;

/** How many jobs with foreign data there were, by world: `act` plants them, `expect` looks for their letters. */
const plantedBy = new WeakMap<World, number>();

/** Healthy messages travel with others that nobody can read any more, while workers are killed. */
export const unreadable: Scenario = {
  name: 'unreadable',
  title: 'Jobs and journals that nobody can read among others, in the same requests; SIGKILL of workers',
  messages: 3_000,
  loadMs: 18_000,
  workers: 3,
  settings: { JETSMS_MAX_JOB_BYTES: String(largestBytes), JETSMS_BATCH_WAIT_MS: '20' },
  async act(world, load) {
    answerStrangely(world);
    const [planted] = await Promise.all([plantAll(world, load), killSome(world, load)]);
    plantedBy.set(world, planted);
    await lookAtDeadLetters(world);
  },
  expect: ({ unreadable: { letters } }, world) => {
    const planted = plantedBy.get(world) ?? 0;
    if (planted > 0 && letters.length === planted) return [];
    return [`${planted} jobs that cannot be read, ${letters.length} dead letters`];
  },
};

/** Now and then JetSMS's code is the name of something that every object has. */
function answerStrangely(world: World): void {
  const reply = replyWith('constructor', '__proto__', world);
  world.simulator.faults.add({ ...reply, probability: 0.004 });
}

/** Puts what cannot be read beside what arrives, each kind once before any comes again. Gives the jobs of foreign data. */
async function plantAll(world: World, load: LoadState): Promise<number> {
  const chance = world.chance.fork();
  let jobs = 0;
  let number = firstNumber;
  while (load.isArriving()) {
    const texts = chance.shuffle(journals);
    for (const [index, data] of chance.shuffle(foreign).entries()) {
      const journal = texts[index % texts.length] ?? '';
      const [one, two, three] = [number, number + 1, number + 2].map((n) => plantedJob(n, chance));
      if (!one || !two || !three) continue;
      await world.pause(chance.between(20, 200));
      await enqueueBroken(world, one, { data: data(one.job) });
      await enqueueBroken(world, two, { journal });
      await enqueueAndBreak(world, three, { journal }, chance.between(0, 120));
      load.alsoSent({ ...two.message, spoilt: 'before' }, { ...three.message, spoilt: 'in hand' });
      world.note('a job and two journals are spoilt');
      jobs += 1;
      number += 3;
    }
  }
  return jobs;
}

interface Planted {
  readonly id: string;
  readonly job: SendJob;
  readonly message: SentMessage;
}

/** A message as an app sends it: nothing keeps it from travelling with others. */
function plantedJob(n: number, chance: Chance): Planted {
  const lane = chance.pick(lanes);
  const whenUncertain = chance.pick(notFoundChoices);
  const message = { to: numberAt(n), text: `${secretWord} ${n}`, lane, whenUncertain, isAskedAbout: false };
  const enqueuedAt = Date.now();
  const deadlineAt = enqueuedAt + laneDefaults[lane].deadlineMs;
  const { to, text } = message;
  const about = { account: defaultAccount, title: 'DEMO', lane, whenUncertain, enqueuedAt, deadlineAt };
  return { id: `planted-${n}`, message, job: sendJob({ ...about, to: [to], text }) };
}

type Fields = Readonly<Record<string, string>>;

/** Nobody can take the job before its field is broken. */
async function enqueueBroken(world: World, { id, job }: Planted, field: Fields): Promise<void> {
  const options = sendJobOptions({ id, now: Date.now(), delayMs: 3_600_000 });
  const queue = world.queueOf(job.lane);
  const added = await queue.add(job.lane, job, options);
  await breakField(world, { id, job }, field);
  // Whoever has written a journal had taken the job.
  if ('journal' in field) await world.redis.client().hset(queue.toKey(id), 'ats', 1);
  await added.promote();
}

/** The field breaks when a worker has the job in hand, or is done with it. */
async function enqueueAndBreak(
  world: World,
  { id, job }: Planted,
  field: Fields,
  afterMs: number,
): Promise<void> {
  await world.queueOf(job.lane).add(job.lane, job, sendJobOptions({ id, now: Date.now() }));
  await world.pause(afterMs);
  await breakField(world, { id, job }, field);
}

/** A journal lies in the job's record, everything else in BullMQ's job. */
async function breakField(
  { redis, queueOf }: World,
  { id, job }: Pick<Planted, 'id' | 'job'>,
  { journal, ...fields }: Fields,
): Promise<void> {
  const queue = queueOf(job.lane);
  const client = redis.client();
  if (journal !== undefined)
    await client.hset(keys.record(defaultPrefix, queue.name, id), 'journal', journal);
  if (Object.keys(fields).length > 0) await client.hset(queue.toKey(id), fields);
}

async function killSome({ workers, chance: common, pause, note }: World, load: LoadState): Promise<void> {
  const chance = common.fork();
  while (load.isArriving()) {
    await pause(chance.between(1_500, 4_000));
    const victim = chance.pick(workers.alive());
    note(`SIGKILL worker ${victim.number}`);
    await workers.kill(victim);
    await workers.start();
  }
}

/** What people look at the dead letters with must work, whatever lies there. */
async function lookAtDeadLetters({ env }: World): Promise<void> {
  for (const command of [['list'], ['summary'], ['export']]) {
    const { code, stderr } = await runCli(['dead', ...command], { env });
    if (code !== 0) throw new Error(`jetsms dead ${command.join(' ')} ended with ${code}: ${stderr}`);
  }
}
