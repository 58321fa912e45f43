import type { CampaignState } from '../queue/campaign.ts';
import type { SendJob } from '../queue/send-job.ts';
import { refusedAsCanary } from './account/hold-probes.ts';
import { stands } from './account/hold-steps.ts';
import type { AccountHolds } from './account/holds.ts';
import type { MediaLibrary } from './account/media.ts';
import { asideMs, deferSpreadMs, fullJitter } from './verdict/schedules.ts';

/** What stands between a job and its request. */
export type Passage =
  | { readonly kind: 'free' }
  /** The account is held, and this job's first message tries whether it works again. */
  | { readonly kind: 'canary' }
  | { readonly kind: 'back' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid'; readonly problem: string };

/** What the gates ask. */
export interface GateContext {
  readonly holds: AccountHolds;
  /** Whether the jobs of a campaign may go; at most a second old. */
  readonly campaignState: (campaign: string) => Promise<CampaignState>;
  readonly media: Pick<MediaLibrary, 'has'>;
  /** Whether the account's surface has a form for MMS. */
  readonly carriesMms: boolean;
  readonly windowOpensAt: (now: number) => number | undefined;
  /** True once the worker shuts down: nothing new leaves. */
  readonly isClosing: () => boolean;
  readonly now: () => number;
  readonly random: () => number;
}

const free = { kind: 'free' } as const;

/** How long a job of a paused campaign waits until it looks again. */
const pausedMs = 10_000;

/** Whether a job may go: its campaign, its time, and the account's hold. The first gate that is shut decides. */
export async function passGates(id: string, job: SendJob, context: GateContext): Promise<Passage> {
  const own = await ownGate(job, context);
  if (own.kind !== 'free') return own;
  if (context.isClosing()) return { kind: 'back' };
  return stands(context.holds.current()) ? whileHeld(id, context) : free;
}

function ownGate({ campaign, ...job }: SendJob, context: GateContext): Passage | Promise<Passage> {
  if (job.media) return mmsGate(job, context);
  return campaign === undefined ? free : campaignGate(campaign, context);
}

/** A campaign can be paused or cancelled while its jobs wait. */
async function campaignGate(campaign: string, { campaignState, now }: GateContext): Promise<Passage> {
  const state = await campaignState(campaign);
  if (state === 'paused') return { kind: 'wait', until: now() + pausedMs };
  return state === 'cancelled' ? { kind: 'cancelled' } : free;
}

/** An MMS needs its medium, a surface that carries it, and an open window. */
async function mmsGate(job: Omit<SendJob, 'campaign'>, context: GateContext): Promise<Passage> {
  const now = context.now();
  const problem = await mmsProblem(job, context);
  if (problem) return { kind: 'invalid', problem };
  const opensAt = context.windowOpensAt(now) ?? now;
  if (opensAt <= now) return free;
  if (opensAt >= job.deadlineAt) return { kind: 'expired' };
  const leavesAt = opensAt + fullJitter(deferSpreadMs, context.random());
  return { kind: 'wait', until: Math.min(leavesAt, job.deadlineAt) };
}

/** Why an MMS can never be sent as it lies there. */
async function mmsProblem(
  { media }: Pick<SendJob, 'media'>,
  { carriesMms, media: library }: GateContext,
): Promise<string | undefined> {
  if (!carriesMms) {
    return 'an MMS needs an account that uses the web service: set its surface to web-service, then replay';
  }
  if (media === undefined || (await library.has(media.hash))) return undefined;
  return 'the medium of this MMS is no longer in Redis: it was kept past its deadline, but not for ever; send it anew';
}

async function whileHeld(id: string, { holds, now }: GateContext): Promise<Passage> {
  const admission = await holds.admit(id);
  if (admission === 'back' || admission === 'canary' || admission === 'free') return { kind: admission };
  return { kind: 'wait', until: now() + asideForMs(holds) };
}

/** Long enough for all that step aside to be aside at once: then the next one that is taken is another. */
const asideForMs = (holds: AccountHolds): number =>
  asideMs * Math.max(1, refusedAsCanary(holds.current()).length);
