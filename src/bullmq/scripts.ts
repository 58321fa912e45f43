import { createRequire } from 'node:module';

/** A script of BullMQ, and how many of its values are keys. */
export interface BullScript {
  readonly content: string;
  readonly keys: number;
}

/** BullMQ ships its scripts without types; its version is pinned, so these files are there. */
const scriptOf = (name: string, file: string): BullScript =>
  createRequire(import.meta.url)(`bullmq/dist/cjs/scripts/${file}`)[name];

export const moveToActive: BullScript = scriptOf('moveToActive', 'moveToActive-11.js');
export const moveToFinished: BullScript = scriptOf('moveToFinished', 'moveToFinished-14.js');

/** One value of a command, as BullMQ hands it over. */
export type BullValue = string | number | boolean | Buffer | undefined;
