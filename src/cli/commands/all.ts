import type { RegisterCommand } from '../context.ts';
import { registerClassify } from './classify.ts';
import { registerCodes } from './codes.ts';
import { registerConfig } from './config.ts';
import { registerSimulator } from './simulator.ts';
import { registerStart } from './start.ts';

/** Every command, in the order of the help. */
export const commands: readonly RegisterCommand[] = [
  registerStart,
  registerCodes,
  registerClassify,
  registerConfig,
  registerSimulator,
];
