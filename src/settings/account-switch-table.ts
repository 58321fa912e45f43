import type { AccountSettings } from './account.ts';
import { perLane } from './per-lane.ts';
import type { SettingRows } from './setting.ts';

/** Keys of JetSMS's own switches. */
export type SwitchKey =
  | 'channel'
  | 'blacklistFilter'
  | 'iysFilter'
  | 'iysCode'
  | 'iysBrandCode'
  | 'iysRecipientType'
  | 'exclusionWindow';

const word = (accepts: string, longest: number) =>
  perLane(`${accepts}: 1 to ${longest} letters, digits, points, hyphens or underscores`, (text) =>
    new RegExp(`^[A-Za-z0-9._-]{1,${longest}}$`).test(text),
  );

const clock = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const windowForm = new RegExp(`^(?<from>${clock})-(?<to>${clock})$`);

/** The beginning and the end of an exclusion window; undefined for what is none. */
export function readExclusionWindow(
  text: string,
): { readonly from: string; readonly to: string } | undefined {
  const { from, to } = windowForm.exec(text)?.groups ?? {};
  return from === undefined || to === undefined || from === to ? undefined : { from, to };
}

/** JetSMS's own switches; only the web service is known to have them. docs/outgoing.md says how sure each is. */
export const switchRows: SettingRows<Pick<AccountSettings, SwitchKey>> = {
  channel: {
    kind: word("a channel's code", 20),
    default: {},
    meaning: 'Of the web service: the channel (JetSMS: `channel`) that messages go by.',
    consequence:
      "Empty is the account's own. JetSMS must have opened it for account and title; one client saw code 04 otherwise. Codes on record: VF, VFO (one-time passwords), VFFAST, TRKC, VD, YD.",
    example: 'VF, otp=VFO',
  },
  blacklistFilter: {
    kind: word('a value of the filter', 20),
    default: {},
    meaning:
      "Of the web service: JetSMS's `blacklistfilter`, which leaves out who is on the account's blacklist.",
    consequence: 'Its values are not public, but for 0, which is off; ask JetSMS.',
    example: 'bulk=1',
  },
  iysFilter: {
    kind: word('a value of the filter', 20),
    default: {},
    meaning:
      "Of the web service: JetSMS's `iysfilter`, which leaves out who has given no consent in İYS, the national registry.",
    consequence:
      'Its values are not public, but for 0, which is off; ask JetSMS. A service from before 2020 does not know it, and then nobody is left out.',
    example: 'bulk=1, otp=0',
  },
  iysCode: {
    kind: word("a sender's code", 64),
    default: {},
    meaning: "Of the web service: the sender's code in İYS (JetSMS: `iyscode`).",
    consequence: 'Known from one client only: an older service may ignore it.',
    example: '654321',
  },
  iysBrandCode: {
    kind: word("a brand's code", 64),
    default: {},
    meaning: "Of the web service: the brand's code in İYS (JetSMS: `iysbrandcode`, `brandcode` elsewhere).",
    consequence: 'Known from one client only: an older service may ignore it.',
    example: '654321',
  },
  iysRecipientType: {
    kind: word('a type of recipients', 20),
    default: {},
    meaning: 'Of the web service: whom messages are for in İYS (JetSMS: `iysrecipienttype`).',
    consequence: 'BIREYSEL, a private person, is on record; how JetSMS spells a merchant is not public.',
    example: 'bulk=BIREYSEL',
  },
  exclusionWindow: {
    kind: perLane(
      "hours of the day such as '23:00-08:00'",
      (text) => readExclusionWindow(text) !== undefined,
    ),
    default: {},
    meaning:
      'Of the web service: the hours, Europe/Istanbul, in which JetSMS keeps accepted messages back (`exclusionstarttime`, `exclusionexpiretime`); they may cross midnight.',
    consequence:
      'The message leaves us at once and counts as accepted; JetSMS sends it after the window, unless its deadline has passed by then. So leave lane otp out of it.',
    example: '23:00-08:00, otp=',
  },
};
