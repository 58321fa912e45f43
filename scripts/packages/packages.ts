import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';
import { common } from './bundle.ts';
import { builtName, commandSource, deliveryEntries, fileName, producerEntries } from './entries.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** Where `jetsms-producer` is published from; `jetsms-delivery` is published from the project's own folder. */
export const producerFolder: string = join(project, 'packages', 'jetsms-producer');

/** Builds `jetsms-producer`: ES modules and CommonJS, each with types. */
export async function buildProducer(outDir: string = join(producerFolder, 'dist')): Promise<void> {
  await build({
    ...common,
    cwd: project,
    entry: Object.fromEntries(producerEntries.map((entry) => [fileName(entry), entry.source])),
    format: ['esm', 'cjs'],
    outDir,
    dts: { oxc: true },
    // Apart from the entries: a file of ours may be called as one of them, and would take its name.
    outputOptions: ({ chunkFileNames: wished = '[name].js', ...options }) => ({
      ...options,
      chunkFileNames: (chunk) => `shared/${typeof wished === 'string' ? wished : wished(chunk)}`,
    }),
  });
  await copyFile(join(project, 'LICENSE'), join(producerFolder, 'LICENSE'));
}

/** Builds `jetsms-delivery`: ES modules, in folders as in src, with what they share in `chunks`. */
export async function buildDelivery(outDir: string = join(project, 'dist')): Promise<void> {
  const sources = deliveryEntries.map(({ source }) => source);
  await build({
    ...common,
    cwd: project,
    entry: Object.fromEntries([...sources, commandSource].map((source) => [builtName(source), source])),
    format: 'esm',
    outDir,
    dts: { oxc: true, entry: sources },
    outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
    outputOptions: { chunkFileNames: 'chunks/[name].js' },
  });
}
