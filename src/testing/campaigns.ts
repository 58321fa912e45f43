import {
  type CampaignJob,
  type CampaignProgress,
  type CampaignState,
  campaignKeepMs,
  progressOf,
} from '../queue/campaign.ts';
import type { Tally } from '../queue/tally.ts';
import type { Memory, StoredCampaign } from './memory.ts';

/** Where campaigns are counted: in memory, as the scripts of `src/queue/campaign.ts` do it in Redis. */
export interface CampaignCounts {
  readonly memory: Memory;
  readonly account: string;
}

function campaignIn({ memory, account }: CampaignCounts, name: string): StoredCampaign | undefined {
  const { campaigns } = memory.of(account);
  const known = campaigns.get(name);
  if (known && known.until > memory.now()) return known;
  campaigns.delete(name);
  return undefined;
}

/** Counts a job by its position, so that counting it again changes nothing. */
export function countJob(of: CampaignCounts, name: string, job: CampaignJob): void {
  const { position, messages, now } = job;
  const known = campaignIn(of, name) ?? {
    counts: { startedAt: String(now) },
    jobs: new Map(),
    total: undefined,
    isFinished: false,
    until: 0,
  };
  if (!known.jobs.has(position)) known.jobs.set(position, messages);
  known.until = Math.max(known.until, now + campaignKeepMs(job));
  of.memory.of(of.account).campaigns.set(name, known);
}

/** Adds to the counts of a campaign that is still known, and finishes it with its last end. */
export function count(of: CampaignCounts, name: string, tally: Tally): void {
  const known = of.memory.of(of.account).campaigns.get(name);
  if (!known) return;
  for (const [field, change] of Object.entries(tally))
    known.counts[field] = String(Number(known.counts[field] ?? 0) + change);
  finish(of, name, known);
}

/** All of its messages are stored; where all have ended, too, it is finished. */
export function closeCounts(of: CampaignCounts, name: string): void {
  const known = campaignIn(of, name);
  if (!known) return;
  known.total = [...known.jobs.values()].reduce((sum, messages) => sum + messages, 0);
  finish(of, name, known);
}

function finish({ memory, account }: CampaignCounts, name: string, known: StoredCampaign): void {
  if (known.total === undefined || known.isFinished) return;
  const progress = progressOf({ account, campaign: name }, hashesOf(known));
  if (!progress || progress.waiting > 0) return;
  known.isFinished = true;
  memory.tell(account, { type: 'campaign.finished', at: memory.now(), campaign: name });
}

const hashesOf = ({ counts, jobs }: StoredCampaign) => ({ counts, jobs: [...jobs.values()].map(String) });

/** How far it has come; undefined where it is unknown. */
export function progressIn(of: CampaignCounts, campaign: string): CampaignProgress | undefined {
  const known = campaignIn(of, campaign);
  return known && progressOf({ account: of.account, campaign }, hashesOf(known));
}

/** False where it is unknown, or cancelled for good and was to be something else. */
export function setState(of: CampaignCounts, name: string, state: CampaignState): boolean {
  const known = campaignIn(of, name);
  if (!known) return false;
  if (known.counts['state'] === 'cancelled') return state === 'cancelled';
  known.counts['state'] = state;
  return true;
}
