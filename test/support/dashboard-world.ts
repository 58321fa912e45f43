import { Queue, UnrecoverableError, Worker } from 'bullmq';
import { putDeadLetter } from '../../src/bullmq/put-dead-letter.ts';
import type { Lane } from '../../src/message/lane.ts';
import { holdAccount } from '../../src/operator/hold-operations.ts';
import { sendJobOptions } from '../../src/queue/job-options.ts';
import type { HistoryEntry, Journal } from '../../src/queue/journal.ts';
import { deadQueueName, keys, queueName } from '../../src/queue/names.ts';
import type { RedisClient } from '../../src/queue/redis-client.ts';
import { primariesOf } from '../../src/queue/redis-nodes.ts';
import type { SendJob } from '../../src/queue/send-job.ts';
import { parseSettings } from '../../src/settings/parse.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { sendJob } from './send-job.ts';
import { waitFor } from './wait-for.ts';

export const dashboardLogin = { username: 'operator', password: 'correct horse battery' } as const;

export interface DashboardChoice {
  readonly redisUrl: string;
  readonly prefix: string;
  readonly writable?: boolean;
  readonly path?: string;
  /** Default true. */
  readonly login?: boolean;
  readonly trustedProxies?: string;
}

/** Settings of a dashboard over the accounts `shop` and `bank-otp`, on a free port. */
export function dashboardSettings(choice: DashboardChoice): Settings {
  const { redisUrl, prefix, writable, path, login, trustedProxies = '' } = choice;
  const account = { url: 'https://jetsms.example/xml', username: 'shop-user', title: 'SHOP' };
  const config = {
    accounts: {
      shop: { ...account, password: secrets.accountPassword },
      'bank-otp': { ...account, password: secrets.accountPassword },
    },
  };
  const env = {
    JETSMS_CONFIG: 'config.json',
    JETSMS_REDIS_URL: redisUrl,
    JETSMS_PREFIX: prefix,
    JETSMS_DASHBOARD_PORT: '0',
    JETSMS_DASHBOARD_PATH: path ?? '/',
    JETSMS_DASHBOARD_WRITABLE: String(writable ?? false),
    JETSMS_DASHBOARD_TRUSTED_PROXIES: trustedProxies,
    ...(login === false
      ? {}
      : {
          JETSMS_DASHBOARD_USERNAME: dashboardLogin.username,
          JETSMS_DASHBOARD_PASSWORD: dashboardLogin.password,
        }),
  };
  return parseSettings({ env, files: () => JSON.stringify(config) }, { needs: ['redis', 'dashboard'] });
}

/** What must never be seen on the dashboard. */
const secrets = {
  accountPassword: 'pässwörd-of-shop',
  numbers: ['905321234567', '905429876543', '905051112233', '4915112345678'],
  spellings: ['+90 532 123 45 67', '0532 123 45 67', '0532-123-45-67', '5321234567', '532 123 45 67'],
  texts: [
    'Kodunuz 482913, kimseyle paylaşmayın',
    'Siparişiniz Yağmur Sokağı adresine yola çıktı',
    'Çaldıran şubesinde randevunuz onaylandı',
  ],
  pieces: ['482913', 'paylaşmayın', 'PAYLAŞMAYIN', 'Yağmur', 'Çaldıran', 'randevunuz'],
} as const;

/** Every string that no page and no answer may hold. */
export const neverShown: readonly string[] = [
  secrets.accountPassword,
  dashboardLogin.password,
  ...secrets.numbers,
  ...secrets.spellings,
  ...secrets.texts,
  ...secrets.pieces,
];

const [number = '', otherNumber = '', thirdNumber = '', foreignNumber = ''] = secrets.numbers;
const [codeText = '', orderText = '', visitText = ''] = secrets.texts;

const at = (minutesAgo: number): number => Date.now() - minutesAgo * 60_000;

function entry(change: Partial<HistoryEntry>): HistoryEntry {
  const base = { n: 1, at: at(3), outcome: 'refused', code: '12', verdict: 'dead-letter' } as const;
  return { ...base, durationMs: 84, worker: 'web-1-4711', ...change };
}

const journal = (change: Partial<Journal>): Journal => ({
  attempts: 1,
  resends: 0,
  stalls: 0,
  history: [],
  ...change,
});

/** Ids by what they are; of the form that the producer gives. */
export const ids = {
  waiting: 'm0waiting00000000000a',
  retried: 'm0retried00000000000b',
  accepted: 'm0accepted0000000000c',
  refused: 'm0refused00000000000d',
  leaky: 'm0leaky0000000000000e',
  foreign: 'm0foreign00000000000f',
  terminal: 'm0terminal0000000000g',
  uncertain: 'm0uncertain000000000h',
  unknown: 'm0unknown00000000000j',
  invalid: 'm0invalid00000000000k',
} as const;

/** In which lane each send job lies. */
export const laneOf: Readonly<Record<string, Lane>> = {
  [ids.waiting]: 'otp',
  [ids.retried]: 'bulk',
  [ids.accepted]: 'transactional',
  [ids.refused]: 'transactional',
  [ids.leaky]: 'transactional',
  [ids.foreign]: 'transactional',
};

/** The queues of account `shop`, the name of each as the board spells it in its addresses. */
export const boardQueues = {
  otp: 'shop%2Fjetsms-shop-otp',
  transactional: 'shop%2Fjetsms-shop-transactional',
  bulk: 'shop%2Fjetsms-shop-bulk',
  dead: 'shop%2Fjetsms-shop-dead',
} as const;

/**
 * Fills the queues of account `shop` with a job in every state and a dead letter of every kind, and holds the
 * account `bank-otp`. Numbers and texts stand wherever they could by accident.
 */
export async function fillQueues(redis: RedisClient, prefix: string): Promise<void> {
  const connection = { connection: redis, prefix };
  const open = (lane: Lane): Queue => new Queue(queueName('shop', lane), connection);
  const queues = { otp: open('otp'), transactional: open('transactional'), bulk: open('bulk') };
  const deadQueue = new Queue(deadQueueName('shop'), connection);
  try {
    await finishJobs(queues.transactional, redis, prefix);
    await addWaiting(queues);
    await addDeadLetters(deadQueue);
    await holdAccount(redis, { prefix, account: 'bank-otp', by: 'ayşe', note: `asked by ${number}` });
  } finally {
    await Promise.all([...Object.values(queues), deadQueue].map((queue) => queue.close()));
  }
}

const shopJob = (change: Partial<SendJob>): SendJob => sendJob({ account: 'shop', title: 'SHOP', ...change });

/** What a worker writes beside a job. */
async function record(queue: Queue, id: string, written: Journal): Promise<void> {
  const redis = await queue.getBackend().client;
  const key = keys.record(queue.opts.prefix ?? '', queue.name, id);
  await redis.hset(key, { run: 1, journal: JSON.stringify(written) });
}

/** Jobs that are over: one accepted, one given up, one that failed with an error that quotes everything. */
async function finishJobs(queue: Queue, redis: RedisClient, prefix: string): Promise<void> {
  const leak = `could not send «${orderText}» to ${number} (${secrets.spellings[0]})\n    at ${visitText}`;
  const [server] = primariesOf(redis);
  if (!server) throw new Error('no Redis');
  const connection = server.duplicate({ maxRetriesPerRequest: null });
  const add = (id: string, data: unknown) =>
    queue.add('transactional', data, sendJobOptions({ id, now: Date.now() }));
  // As a worker leaves it: what became of it stands in its result alone, since its record is gone.
  await add(ids.accepted, shopJob({ to: [number], text: orderText, parts: 2 }));
  await add(ids.refused, shopJob({ to: [otherNumber], text: visitText }));
  const settled = {
    end: 'dead',
    reason: 'terminal',
    code: '12',
    text: `${visitText} ${otherNumber}`,
  } as const;
  await record(queue, ids.refused, journal({ history: [entry({})], settled: { ...settled, at: at(2) } }));
  await add(ids.leaky, shopJob({ to: [number, otherNumber], text: [orderText, visitText], parts: 3 }));
  const worker = new Worker(
    queue.name,
    async (job) => {
      if (job.id === ids.accepted) return { end: 'accepted', groupId: '130228114512', durationMs: 48 };
      if (job.id === ids.refused) throw new UnrecoverableError('dead letter: terminal 12');
      await job.log(leak);
      throw new UnrecoverableError(leak);
    },
    { connection, prefix },
  );
  await waitFor(async () => (await queue.getJobCountByTypes('completed', 'failed')) === 3);
  await worker.close();
  connection.disconnect();
}

async function addWaiting({ otp, transactional, bulk }: Readonly<Record<Lane, Queue>>): Promise<void> {
  const waiting = shopJob({ lane: 'otp', to: [number], text: codeText, whenUncertain: 'resend' });
  await otp.add('otp', waiting, sendJobOptions({ id: ids.waiting, now: Date.now() }));
  const retried = shopJob({ lane: 'bulk', to: [foreignNumber, thirdNumber], text: orderText, parts: 4 });
  await bulk.add('bulk', retried, sendJobOptions({ id: ids.retried, now: Date.now(), delayMs: 900_000 }));
  const unsent = entry({ outcome: 'unsent', code: 'connection-refused', verdict: 'retry' });
  await record(bulk, ids.retried, journal({ history: [unsent], notBefore: Date.now() + 900_000 }));
  const strange = { recipient: number, note: codeText, deep: { [number]: [Number(number)] } };
  await transactional.add(`to ${number}`, strange, {
    jobId: ids.foreign,
    delay: 900_000,
    deduplication: { id: `order for ${number}` },
  });
}

async function addDeadLetters(deadQueue: Queue): Promise<void> {
  const put = (
    id: string,
    data: unknown,
    history: readonly HistoryEntry[],
    facts: Parameters<typeof putDeadLetter>[1]['facts'],
  ) =>
    putDeadLetter(deadQueue, {
      id,
      data,
      facts,
      journal: journal({ history }),
      enqueuedAt: at(30),
      now: at(1),
    });
  await put(ids.invalid, { v: 9, to: number, text: codeText }, [], {
    reason: 'invalid',
    text: "the job's version is not 1: the producer is newer or no producer of ours",
  });
  await put(ids.unknown, shopJob({ to: [number], text: codeText, lane: 'otp' }), [entry({ code: '871' })], {
    reason: 'unknown-code',
    code: '871',
    text: `Gönderilemedi: ${codeText.slice(0, 25)} (${number}) PAYLAŞMAYIN`,
  });
  await put(
    ids.uncertain,
    shopJob({ to: [otherNumber], text: orderText, parts: 2 }),
    [entry({ outcome: 'uncertain', code: 'reply-timeout' })],
    {
      reason: 'uncertain',
      code: 'reply-timeout',
      mayHaveArrived: true,
    },
  );
  await put(ids.terminal, shopJob({ to: [thirdNumber], text: visitText }), [entry({})], {
    reason: 'terminal',
    code: '12',
    text: 'title wrong',
  });
}
