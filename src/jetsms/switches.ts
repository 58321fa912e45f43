import type { Lane } from '../message/lane.ts';
import type { AccountSettings } from '../settings/account.ts';
import { readExclusionWindow, type SwitchKey } from '../settings/account-switch-table.ts';
import { ofLane } from '../settings/per-lane.ts';

/**
 * JetSMS's own switches for one request; '' where nothing is set. `channel`, `blacklistfilter` and the two times stand in
 * the provider's WSDL of 2017, `iysfilter` in that of 2020; `iyscode`, `iysbrandcode` and `iysrecipienttype` are known
 * from one client of 2026, and another that sets the last.
 */
export interface Switches {
  /** `HHmmss`, like the next. */
  readonly exclusionStart: string;
  readonly exclusionExpire: string;
  readonly channel: string;
  readonly blacklistFilter: string;
  readonly iysFilter: string;
  readonly iysCode: string;
  readonly iysBrandCode: string;
  readonly iysRecipientType: string;
}

export const noSwitches: Switches = {
  exclusionStart: '',
  exclusionExpire: '',
  channel: '',
  blacklistFilter: '',
  iysFilter: '',
  iysCode: '',
  iysBrandCode: '',
  iysRecipientType: '',
};

/** What an account's settings say for a lane. */
export function switchesOf(account: Pick<AccountSettings, SwitchKey>, lane: Lane): Switches {
  const { channel, blacklistFilter, iysFilter, iysCode, iysBrandCode, iysRecipientType } = account;
  const window = readExclusionWindow(ofLane(account.exclusionWindow, lane));
  return {
    exclusionStart: timeOnWire(window?.from),
    exclusionExpire: timeOnWire(window?.to),
    channel: ofLane(channel, lane),
    blacklistFilter: ofLane(blacklistFilter, lane),
    iysFilter: ofLane(iysFilter, lane),
    iysCode: ofLane(iysCode, lane),
    iysBrandCode: ofLane(iysBrandCode, lane),
    iysRecipientType: ofLane(iysRecipientType, lane),
  };
}

/** `23:00` → `230000`, as one client writes it. */
const timeOnWire = (time: string | undefined): string =>
  time === undefined ? '' : `${time.replace(':', '')}00`;
