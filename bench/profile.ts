import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whose code a share of the CPU time was spent in. */
export interface Share {
  readonly who: string;
  /** CPU microseconds per message. */
  readonly micros: number;
  /** 0 to 1, of all CPU time that a message costs, Redis's own included. */
  readonly share: number;
}

/** What a profiled run did, beside its profile. */
export interface ProfiledRun {
  readonly folder: string;
  readonly messages: number;
  /** CPU microseconds of the Redis server per message. */
  readonly redisMicros: number;
}

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const owners: readonly (readonly [who: string, isOwner: (url: string, name: string) => boolean])[] = [
  ['garbage collection', (_, name) => name === '(garbage collector)'],
  ['Redis client (ioredis)', (url) => url.includes('ioredis') || url.includes('redis-parser')],
  ['BullMQ', (url) => url.includes('bullmq') || url.includes('msgpackr')],
  ['HTTP (undici)', (url) => url.includes('undici')],
  ['XML (src/jetsms)', (url) => url.includes('/src/jetsms/')],
  ['metrics and log (prom-client, pino)', (url) => url.includes('prom-client') || url.includes('pino')],
  ["the bench's own callers", (url) => url.includes('/bench/')],
  ['ours (the rest of src)', (url) => url.includes('/src/')],
  [
    'sockets, timers, promises (Node)',
    (url, name) =>
      url.startsWith('node:') || ['writeBuffer', 'writev', 'runMicrotasks', '(program)'].includes(name),
  ],
];

/** Where the CPU time of a run went, the largest share first; start-up included. */
export function sharesOf({ folder, messages, redisMicros }: ProfiledRun): readonly Share[] {
  const times = new Map<string, number>();
  for (const file of readdirSync(folder)) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile;
    const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
    profile.samples.forEach((id, index) => {
      const { url = '', functionName = '' } = frames.get(id) ?? {};
      if (functionName === '(idle)' || functionName === '(root)') return;
      const who = owners.find(([, isOwner]) => isOwner(url, functionName))?.[0] ?? 'other';
      times.set(who, (times.get(who) ?? 0) + (profile.timeDeltas[index] ?? 0));
    });
  }
  times.set('Redis server', redisMicros * messages);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([who, time]) => ({ who, micros: time / messages, share: time / total }))
    .toSorted((a, b) => b.share - a.share);
}
