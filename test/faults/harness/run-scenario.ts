import { setTimeout as pause } from 'node:timers/promises';
import { lanes } from '../../../src/message/lane.ts';
import { defaultAccount, keys } from '../../../src/queue/names.ts';
import { createChance } from './chance.ts';
import { type Evidence, gather } from './evidence.ts';
import { acceptedIn, resentMessagesOf, type Violation, violationsOf } from './invariants.ts';
import { makeTrouble, startWorkers } from './make-trouble.ts';
import { metricsViolations } from './metrics-check.ts';
import { placeIn } from './place.ts';
import type { Scenario } from './scenario.ts';
import { storyOf } from './story.ts';
import type { WorkerProcess } from './workers.ts';
import { buildWorld, heal, type World } from './world.ts';

/** What came of one run of one scenario. */
export interface Result {
  readonly scenario: string;
  readonly seed: number;
  readonly messages: number;
  readonly faults: number;
  readonly accepted: number;
  readonly deadLetters: number;
  readonly uncertain: number;
  readonly lost: number;
  /** Second texts of messages that wanted to be sent again. */
  readonly duplicates: number;
  readonly resent: number;
  /** Second texts of messages that wanted to be parked. */
  readonly forbiddenDuplicates: number;
  readonly lateReplies: number;
  readonly seconds: number;
  /** What was broken; nothing in a good run. */
  readonly violations: readonly string[];
  /** Seed, chronicle, and the history of the first broken message; empty in a good run. */
  readonly report: string;
}

/** The longest that a run may take to come to rest after the last fault. */
const restLimitMs = 90_000;

/** Runs a scenario in a world of its own, and checks everything that must hold. */
export async function runScenario(scenario: Scenario, seed: number): Promise<Result> {
  const chance = createChance(seed);
  const began = performance.now();
  await using world = await buildWorld({
    chance: chance.fork(),
    seed,
    isCluster: scenario.isCluster ?? false,
    ...(scenario.account ? { account: scenario.account } : {}),
    ...(scenario.settings ? { settings: scenario.settings } : {}),
    throughProxy: scenario.throughProxy ?? false,
    ...(scenario.isBehindSentinels ? { isBehindSentinels: true } : {}),
  });
  await startWorkers(scenario, world);
  const sent = await makeTrouble(scenario, world, chance.fork());
  await heal(world);
  const rest = await comeToRest(world);
  const evidence = await gather(world, sent);
  const violations = [
    ...rest,
    ...violationsOf(evidence),
    ...(await metricsViolations(world)),
    ...((await scenario.expect?.(evidence, world)) ?? []).map((detail) => ({ rule: scenario.title, detail })),
  ];
  const seconds = Math.round((performance.now() - began) / 1_000);
  return {
    ...summaryOf(scenario, { seed, seconds, evidence, world }),
    ...judgementOf(scenario, seed, violations, world),
  };
}

/** Waits until no job is under way any more, and workers have said all that they had to say. */
async function comeToRest(world: World): Promise<readonly Violation[]> {
  const until = performance.now() + restLimitMs;
  let quiet = 0;
  for (;;) {
    const counts = await world.openJobs();
    const open = Object.values(counts).reduce((sum, count) => sum + count, 0);
    quiet = open === 0 ? quiet + 1 : 0;
    if (quiet >= 5) return [];
    if (performance.now() > until) {
      const detail = `after ${restLimitMs} ms: ${JSON.stringify({ ...counts, ...(await gatesOf(world)) })}`;
      return [{ rule: 'the queue comes to rest', detail }];
    }
    await pause(150);
  }
}

/** What the queue lets through, and why: for the report of a queue that stands still. */
async function gatesOf({ redis, queueOf }: World): Promise<object> {
  const client = redis.client();
  const gates = await Promise.all(
    lanes.map(async (lane) => ({
      lane,
      meta: await client.hgetall(queueOf(lane).toKey('meta')),
      limiterMs: await client.pttl(queueOf(lane).toKey('limiter')),
    })),
  );
  return { hold: await client.get(keys.hold(placeIn(redis).prefix, defaultAccount)), gates };
}

interface Facts {
  readonly seed: number;
  readonly seconds: number;
  readonly evidence: Evidence;
  readonly world: World;
}

type Judgement = Pick<Result, 'violations' | 'report'>;

function summaryOf(
  scenario: Scenario,
  { seed, seconds, evidence, world }: Facts,
): Omit<Result, keyof Judgement> {
  const { cases, lines } = evidence;
  const second = (wish: 'park' | 'resend'): number =>
    cases
      .filter(({ message }) => message.whenUncertain === wish)
      .reduce((sum, { accepted }) => sum + Math.max(0, accepted.length - 1), 0);
  return {
    scenario: scenario.name,
    seed,
    messages: cases.length,
    faults: world.chronicle.length,
    accepted: cases.filter(({ jobs }) => acceptedIn(jobs).length > 0).length,
    deadLetters: cases.filter(({ deadLetters }) => deadLetters.length > 0).length,
    uncertain: cases.filter(({ deadLetters }) =>
      deadLetters.some(({ letter }) => letter.reason === 'uncertain'),
    ).length,
    lost: cases.filter(
      ({ jobs, deadLetters, status }) =>
        acceptedIn(jobs).length === 0 && deadLetters.length === 0 && status !== 'cancelled',
    ).length,
    duplicates: second('resend'),
    resent: resentMessagesOf(lines),
    forbiddenDuplicates: second('park'),
    lateReplies: lines.filter(({ msg, settled }) => msg === 'reply.late' && settled === true).length,
    seconds,
  };
}

function judgementOf(scenario: Scenario, seed: number, found: readonly Violation[], world: World): Judgement {
  if (found.length === 0) return { violations: [], report: '' };
  const violations = found.map(
    ({ rule, of, detail }) => `${rule}: ${detail}${of ? ` (${of.jobs[0]?.id ?? 'no job'})` : ''}`,
  );
  const broken = found.find(({ of }) => of)?.of;
  const report = [
    `scenario ${scenario.name}, seed ${seed}: ${violations.length} violations`,
    `again with: npm run test:faults -- --scenario ${scenario.name} --seed ${seed} --minutes 0`,
    ...violations.slice(0, 10),
    ...(broken ? [storyOf(broken)] : []),
    'holds, as the workers saw them:',
    ...world.workers.all().flatMap((worker) => holdLines(worker)),
    'what was done:',
    ...world.chronicle.map(({ atMs, fault }) => `  ${String(atMs).padStart(6)} ms ${fault}`),
    ...world.workers
      .all()
      .flatMap((worker) => worker.stray().map((line) => `  worker ${worker.number}: ${line}`)),
  ].join('\n');
  return { violations, report };
}

const holdLines = (worker: WorkerProcess): readonly string[] =>
  worker
    .lines()
    .filter(({ msg }) => msg.startsWith('account.'))
    .map((line) => `  worker ${worker.number}: ${JSON.stringify(line)}`);
