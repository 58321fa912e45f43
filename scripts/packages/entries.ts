/** Something that apps import: the subpath of the package, and the file of src that it is. */
export interface Entry {
  readonly path: '.' | `./${string}`;
  readonly source: `src/${string}.ts`;
}

/** What `jetsms-producer` offers. A line here, then `npm run docs`, is all that a new one takes. */
export const producerEntries: readonly Entry[] = [
  { path: '.', source: 'src/producer/index.ts' },
  { path: './events', source: 'src/events/index.ts' },
  { path: './testing', source: 'src/testing/index.ts' },
  { path: './codes', source: 'src/codes/index.ts' },
];

/** What `jetsms-delivery` offers: the same, and what operators need. */
export const deliveryEntries: readonly Entry[] = [
  ...producerEntries,
  { path: './worker', source: 'src/worker/index.ts' },
  { path: './operator', source: 'src/operator/index.ts' },
  { path: './simulator', source: 'src/simulator/index.ts' },
];

/** The command, in `jetsms-delivery` only. */
export const commandSource = 'src/cli/main.ts';

/** The name, without its ending, of the file of `jetsms-producer` that an entry is. */
export const fileName = ({ path }: Entry): string => (path === '.' ? 'index' : path.slice(2));

/** The name, without its ending, of the file of `jetsms-delivery` that a source becomes. */
export const builtName = (source: string): string => source.replace(/^src\/|\.ts$/g, '');

/**
 * Packages whose code goes into ours, because they bring far more than we use of them. Nothing of them is visible
 * from outside: no type of theirs is in a type of ours. Whoever installs us does not install them.
 */
export const bundled: readonly string[] = [
  'cli-progress',
  'cockatiel',
  'commander',
  'csv-parse',
  'libphonenumber-js',
  'pino-pretty',
  'prom-client',
  'zod',
];

/** Those of them whose code is in `jetsms-producer` too. */
export const bundledInProducer: readonly string[] = ['libphonenumber-js'];
