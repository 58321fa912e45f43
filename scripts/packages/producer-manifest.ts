import { readFileSync } from 'node:fs';
import { type Entry, fileName, producerEntries } from './entries.ts';

/** What a `package.json` of ours says that the other one says too. */
interface Shared {
  readonly version: string;
  readonly license: string;
  readonly engines: unknown;
}

/**
 * What `jetsms-producer` needs, as ranges: an app that has its own gets no second one. Both ends of each are tested
 * (test/packages, `npm run test:bullmq`). ioredis: the first that gives up a connection which has gone silent, and does not
 * print what it reads (5.4.0 does).
 */
export const sharedRanges = { bullmq: '^6.0.0', ioredis: '^5.4.1 || ^6.0.0' } as const;

/** The lower ends of `sharedRanges`. */
export const oldestShared = { bullmq: '6.0.0', ioredis: '5.4.1' } as const;

/** `packages/jetsms-producer/package.json`. */
export function renderProducerManifest(): string {
  const { version, license, engines }: Shared = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const manifest = {
    name: 'jetsms-producer',
    version,
    description:
      'Enqueues SMS and MMS for JetSMS (Biotekno) in Redis, from a backend app: send, status, cancel, events. A worker of jetsms-delivery delivers them.',
    license,
    type: 'module',
    engines,
    sideEffects: false,
    main: './dist/index.cjs',
    module: './dist/index.mjs',
    types: './dist/index.d.cts',
    exports: {
      ...Object.fromEntries(producerEntries.map((entry) => [entry.path, conditions(entry)])),
      './package.json': './package.json',
    },
    // For moduleResolution node10, which knows no exports.
    typesVersions: {
      '*': Object.fromEntries(
        producerEntries
          .filter(({ path }) => path !== '.')
          .map((entry) => [fileName(entry), [`./dist/${fileName(entry)}.d.cts`]]),
      ),
    },
    files: ['dist'],
    scripts: { prepack: 'npm --prefix ../.. run -s build' },
    dependencies: sharedRanges,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function conditions(entry: Entry) {
  const file = `./dist/${fileName(entry)}`;
  return {
    import: { types: `${file}.d.mts`, default: `${file}.mjs` },
    require: { types: `${file}.d.cts`, default: `${file}.cjs` },
  };
}
