/** A folder of src: what it is for, and what it may import. The linter's rules and a table of docs are made from this. */
export interface Room {
  readonly name: string;
  readonly purpose: string;
  /** Rooms, or single files of rooms. */
  readonly imports: readonly string[];
  /** Of the packages that only some rooms may use (`guardedPackages`), those that this one may. */
  readonly packages: readonly string[];
}

/** From the ground up: a room imports from those above it in this list, and only from those that it names. */
export const rooms: readonly Room[] = [
  {
    name: 'errors',
    purpose: 'what an error with a code is made of. Pure',
    imports: [],
    packages: [],
  },
  {
    name: 'codes',
    purpose: 'what a reply means: the table, reading, classifying. Pure',
    imports: [],
    packages: ['zod'],
  },
  {
    name: 'message',
    purpose: 'what a message is: number, text, times, ids. Pure',
    imports: ['errors'],
    packages: ['zod'],
  },
  {
    name: 'log',
    purpose: 'one logger, which strips what must stay private',
    imports: [],
    packages: ['pino'],
  },
  {
    name: 'queue',
    purpose: 'the contract of producer and worker: names, send job, journal, Redis',
    imports: ['message', 'codes'],
    packages: ['bullmq', 'ioredis'],
  },
  {
    name: 'settings',
    purpose: 'one table of settings, read from environment and file',
    imports: ['message', 'codes', 'queue/redis-address.ts', 'queue/redis-target.ts', 'queue/event-entry.ts'],
    packages: ['zod'],
  },
  {
    name: 'jetsms',
    purpose: 'speaking JetSMS: requests, replies, one HTTP client',
    imports: ['settings', 'message', 'codes', 'errors'],
    packages: ['undici', 'fast-xml-parser'],
  },
  {
    name: 'metrics',
    purpose: 'every metric, one registry',
    imports: ['settings', 'queue', 'message', 'codes', 'jetsms/outcome.ts'],
    packages: ['prom-client'],
  },
  {
    name: 'status',
    purpose: 'what became of a message; calling it off, moving it: for apps and operators',
    imports: ['queue', 'message', 'codes'],
    packages: ['ioredis'],
  },
  {
    name: 'producer',
    purpose: 'what backend apps import',
    imports: ['status', 'queue', 'message', 'codes', 'errors'],
    packages: ['ioredis'],
  },
  {
    name: 'events',
    purpose:
      "what apps import to be told of ends: an account's stream of events, read by a group of consumers",
    imports: ['queue', 'message', 'errors'],
    packages: ['ioredis'],
  },
  {
    name: 'testing',
    purpose: "a producer for an app's own tests: all in memory, no Redis",
    imports: ['events', 'producer', 'status', 'queue', 'message', 'errors'],
    packages: [],
  },
  {
    name: 'bullmq',
    purpose: 'what knows BullMQ and its keys: take, move, end, put dead letters, hold',
    imports: ['queue', 'message', 'codes'],
    packages: ['bullmq', 'ioredis'],
  },
  {
    name: 'webhooks',
    purpose: 'events sent to endpoints: what is read becomes deliveries in a queue, signed and tried again',
    imports: ['bullmq', 'events', 'jetsms', 'settings', 'queue', 'log', 'errors'],
    packages: ['ioredis'],
  },
  {
    name: 'worker',
    purpose: 'the way of a message: resume, gates, request, decide, settle',
    imports: ['bullmq', 'metrics', 'jetsms', 'settings', 'queue', 'log', 'message', 'codes'],
    packages: ['ioredis'],
  },
  {
    name: 'watch',
    purpose: 'what is seen of workers and queues: health, snapshots for metrics',
    imports: [
      'worker',
      'webhooks',
      'bullmq',
      'events',
      'metrics',
      'settings',
      'queue',
      'log',
      'message',
      'codes',
    ],
    packages: ['ioredis'],
  },
  {
    name: 'operator',
    purpose: 'what people do: dead letters, holds, checks of Redis',
    imports: [
      'watch',
      'worker',
      'bullmq',
      'status',
      'settings',
      'queue',
      'log',
      'message',
      'codes',
      'errors',
    ],
    packages: ['ioredis'],
  },
  {
    name: 'dashboard',
    purpose: 'Bull Board behind a login',
    imports: [
      'operator',
      'watch',
      'worker',
      'bullmq',
      'metrics',
      'settings',
      'queue',
      'log',
      'message',
      'codes',
      'errors',
    ],
    packages: ['ioredis', 'fastify'],
  },
  {
    name: 'gateway',
    purpose: 'the HTTP gateway: what a producer can do, for apps in any language, behind API keys',
    imports: [
      'dashboard/address.ts',
      'dashboard/login.ts',
      'operator',
      'worker',
      'metrics',
      'producer',
      'status',
      'settings',
      'queue',
      'log',
      'message',
      'codes',
      'errors',
    ],
    packages: ['fastify', 'ioredis'],
  },
  {
    name: 'simulator',
    purpose: 'a JetSMS to develop and test against',
    imports: ['message', 'codes'],
    packages: ['fast-xml-parser', 'zod'],
  },
];

/** What may import everything; nothing imports it. */
export const topRoom = { name: 'cli', purpose: '`jetsms …`: thin commands' } as const;

/** Packages that mark a room's job: whoever uses one does that job. */
export const guardedPackages: readonly string[] = [
  'bullmq',
  'fast-xml-parser',
  'fastify',
  'ioredis',
  'pino',
  'prom-client',
  'undici',
  'zod',
];
