import { type Lane, lanes, type WhenNotFound, type WhenUncertain } from '../message/lane.ts';
import type { ManyOptions } from '../producer/many-options.ts';
import type { KeyGrant } from './keys/grant.ts';
import { parameterRefusal, readParameters, timeOf } from './parameters.ts';
import type { Refusal } from './problem.ts';
import { refusal } from './refusals.ts';
import { accountFor, accountRefusal, laneRefusal, mayUseLane } from './scope.ts';

/** What all messages of a campaign have in common, as parameters of the address. */
export const campaignParameters = [
  'campaign',
  'account',
  'title',
  'lane',
  'sendAt',
  'deadline',
  'whenUncertain',
  'whenNotFound',
  'reference',
  'allowRepeats',
  'dryRun',
] as const;

type Name = (typeof campaignParameters)[number];

/** Where the one text for all stands: an address gets into logs, a header does not. */
export const campaignTextHeader = 'campaign-text';

export interface CampaignCall {
  readonly grant: KeyGrant;
  /** The accounts of the gateway, the default one first. */
  readonly accounts: readonly string[];
}

export type CampaignWish = { readonly options: ManyOptions } | { readonly refusal: Refusal };

/**
 * What a campaign is to be, by address and header. What is wrong with its values the producer tells. Total.
 */
export function readCampaignWish(
  query: unknown,
  textHeader: string | readonly string[] | undefined,
  { grant, accounts }: CampaignCall,
): CampaignWish {
  const read = readParameters(query, campaignParameters);
  if ('refusal' in read) return read;
  const { parameters } = read;
  const wrong = (['allowRepeats', 'dryRun'] as const).find((name) => !isFlag(parameters[name]));
  if (wrong) return { refusal: parameterRefusal(wrong) };
  const account = accountFor(grant, parameters.account, accounts);
  if (account === undefined) return { refusal: accountRefusal({ parameter: 'account' }) };
  if (!mayUseLane(grant, parameters.lane ?? defaultCampaignLane))
    return { refusal: laneRefusal({ parameter: 'lane' }) };
  const text = textIn(textHeader);
  if (text === 'unreadable')
    return { refusal: refusal('HEADER_INVALID', { at: { header: 'Campaign-Text' } }) };
  return { options: optionsOf(parameters, account, text) };
}

const defaultCampaignLane: Lane = 'bulk';

const isFlag = (value: string | undefined): boolean =>
  value === undefined || value === 'true' || value === 'false';

function optionsOf(
  {
    campaign = '',
    allowRepeats,
    dryRun,
    sendAt,
    deadline,
    ...texts
  }: Readonly<Partial<Record<Name, string>>>,
  account: string,
  text: { readonly text?: string },
): ManyOptions {
  const { title, reference, lane, whenUncertain, whenNotFound } = texts;
  return {
    campaign,
    account,
    ...text,
    ...(title === undefined ? {} : { title }),
    ...(reference === undefined ? {} : { reference }),
    // Only their types say so: the producer looks at each of them, and refuses what it does not know.
    ...(lane === undefined ? {} : { lane: lane as Lane }),
    ...(whenUncertain === undefined ? {} : { whenUncertain: whenUncertain as WhenUncertain }),
    ...(whenNotFound === undefined ? {} : { whenNotFound: whenNotFound as WhenNotFound }),
    ...(sendAt === undefined ? {} : { sendAt: timeOf(sendAt) }),
    ...(deadline === undefined ? {} : { deadline: timeOf(deadline) }),
    ...(allowRepeats === 'true' ? { allowRepeats: true } : {}),
    ...(dryRun === 'true' ? { dryRun: true } : {}),
  };
}

/** The text in the header, where it stands as in an address: UTF-8, percent-encoded. */
function textIn(header: string | readonly string[] | undefined): { readonly text?: string } | 'unreadable' {
  if (header === undefined) return {};
  if (typeof header !== 'string' || !/^[\x20-\x7e]*$/.test(header)) return 'unreadable';
  try {
    return { text: decodeURIComponent(header) };
  } catch {
    return 'unreadable';
  }
}

/** Nobody notes the lane of a campaign: to see how far one is, a key must be for the lane that campaigns have by default. */
export const maySeeCampaigns = (grant: KeyGrant): boolean => mayUseLane(grant, defaultCampaignLane);

/** And to change one, for every lane that it may have. */
export const mayChangeCampaigns = (grant: KeyGrant): boolean =>
  lanes.every((lane) => mayUseLane(grant, lane));
