import type { RegisterCommand } from '../context.ts';
import { registerAccount } from './account.ts';
import { registerCampaign } from './campaign.ts';
import { registerClassify } from './classify.ts';
import { registerCodes } from './codes.ts';
import { registerConfig } from './config.ts';
import { registerDashboard } from './dashboard.ts';
import { registerDead } from './dead.ts';
import { registerDemo } from './demo.ts';
import { registerDoctor } from './doctor.ts';
import { registerGateway } from './gateway.ts';
import { registerHolds } from './hold.ts';
import { registerKeys } from './keys.ts';
import { registerParts } from './parts.ts';
import { registerProbe } from './probe.ts';
import { registerSend } from './send.ts';
import { registerSimulator } from './simulator.ts';
import { registerStart } from './start.ts';
import { registerStatus } from './status.ts';
import { registerWebhooks } from './webhooks.ts';

/** Every command, in the order of the help. */
export const commands: readonly RegisterCommand[] = [
  registerDemo,
  registerStart,
  registerDashboard,
  registerGateway,
  registerDoctor,
  registerSend,
  registerStatus,
  registerCampaign,
  registerDead,
  registerHolds,
  registerWebhooks,
  registerKeys,
  registerAccount,
  registerProbe,
  registerParts,
  registerCodes,
  registerClassify,
  registerConfig,
  registerSimulator,
];
