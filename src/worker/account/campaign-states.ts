import { type CampaignState, readCampaignState } from '../../queue/campaign.ts';
import type { AccountPlace } from '../../queue/names.ts';
import type { RedisClient } from '../../queue/redis-client.ts';

export interface CampaignStatesOptions extends AccountPlace {
  readonly now: () => number;
}

/** A pause or a cancel takes effect within this time. */
const freshMs = 1_000;

/** Campaigns whose state is kept at a time; the oldest is forgotten. */
const most = 100;

/** Reads the states of campaigns, one campaign at most once a second however many of its jobs are taken. */
export function createCampaignStates(
  redis: RedisClient,
  { prefix, account, now }: CampaignStatesOptions,
): (campaign: string) => Promise<CampaignState> {
  const known = new Map<string, { readonly state: Promise<CampaignState>; readonly at: number }>();
  return (campaign) => {
    const found = known.get(campaign);
    if (found && Math.abs(now() - found.at) < freshMs) return found.state;
    const state = readCampaignState(redis, { prefix, account, campaign });
    known.delete(campaign);
    known.set(campaign, { state, at: now() });
    const [oldest] = known.keys();
    if (known.size > most && oldest !== undefined) known.delete(oldest);
    state.catch(() => known.delete(campaign));
    return state;
  };
}
