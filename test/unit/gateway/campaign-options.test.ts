import { describe, expect, it } from 'vitest';
import {
  mayChangeCampaigns,
  maySeeCampaigns,
  readCampaignWish,
} from '../../../src/gateway/campaign-options.ts';
import type { KeyGrant } from '../../../src/gateway/keys/grant.ts';

const grant: KeyGrant = { id: 'k1', name: 'shop', rights: ['send'] };
const call = { grant, accounts: ['acme', 'shop'] };
const query = { campaign: 'autumn' };

describe('the wish of a campaign', () => {
  it('is read from address and header', () => {
    const wished = {
      ...query,
      account: 'shop',
      title: 'ACME',
      lane: 'transactional',
      sendAt: '2030-01-31T09:00:00 03:00',
      deadline: '1893456000000',
      whenUncertain: 'park',
      whenNotFound: 'park',
      reference: 'r',
      allowRepeats: 'true',
      dryRun: 'false',
    };
    expect(readCampaignWish(wished, '%C5%9F', call)).toEqual({
      options: {
        campaign: 'autumn',
        account: 'shop',
        text: 'ş',
        title: 'ACME',
        lane: 'transactional',
        sendAt: '2030-01-31T09:00:00+03:00',
        deadline: 1_893_456_000_000,
        whenUncertain: 'park',
        whenNotFound: 'park',
        reference: 'r',
        allowRepeats: true,
      },
    });
  });

  it('goes to the first account that the key is for', () => {
    expect(readCampaignWish(query, undefined, call)).toEqual({
      options: { campaign: 'autumn', account: 'acme' },
    });
    const forShop = { ...call, grant: { ...grant, accounts: ['gone', 'shop'] } };
    expect(readCampaignWish(query, undefined, forShop)).toMatchObject({ options: { account: 'shop' } });
  });

  it.each([
    [{ ...query, lanes: 'otp' }, undefined, 'PARAMETER_UNKNOWN'],
    [{ campaign: ['a', 'b'] }, undefined, 'PARAMETER_INVALID'],
    [{ ...query, dryRun: 'yes' }, undefined, 'PARAMETER_INVALID'],
    [{ ...query, account: 'acme' }, undefined, 'ACCOUNT_NOT_ALLOWED'],
    [{ ...query, lane: 'otp' }, undefined, 'LANE_NOT_ALLOWED'],
    [query, '%', 'HEADER_INVALID'],
    [query, 'ş', 'HEADER_INVALID'],
    [query, ['a', 'b'], 'HEADER_INVALID'],
  ])('is refused (%#)', (given, text, code) => {
    const narrow = { ...call, grant: { ...grant, accounts: ['shop'], lanes: ['bulk'] as const } };
    expect(readCampaignWish(given, text, narrow)).toMatchObject({ refusal: { flaws: [{ code }] } });
  });

  it('is shown to keys of the lane of campaigns, and changed by keys of every lane', () => {
    const mayOf = (own: KeyGrant) => [maySeeCampaigns(own), mayChangeCampaigns(own)];
    expect(mayOf(grant)).toEqual([true, true]);
    expect(mayOf({ ...grant, lanes: ['otp', 'transactional', 'bulk'] })).toEqual([true, true]);
    expect(mayOf({ ...grant, lanes: ['bulk'] })).toEqual([true, false]);
    expect(mayOf({ ...grant, lanes: ['otp'] })).toEqual([false, false]);
  });
});
