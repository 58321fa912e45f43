import { surfaceFacts } from '../message/surface.ts';
import type { AccountSettings } from './account.ts';
import { readExclusionWindow, type SwitchKey, switchRows } from './account-switch-table.ts';
import { isSetForAny, ofLane } from './per-lane.ts';
import type { BrokenRule } from './rules.ts';
import { envName } from './setting.ts';
import { settingPath } from './settings.ts';

/** Keys of JetSMS's switches, in the order of the docs. */
export const switchKeys: readonly SwitchKey[] = Object.keys(switchRows) as SwitchKey[]; // the rows are typed by these keys

/** A filter or a channel that would be left out in silence is worse than an error. */
export function switchesWithoutSurface(account: AccountSettings): readonly BrokenRule[] {
  const { hasSwitches, title } = surfaceFacts[account.surface];
  if (hasSwitches) return [];
  return switchKeys
    .filter((key) => isSetForAny(account[key]))
    .map((key) => ({
      about: [settingPath(key, account.name), settingPath('surface', account.name)],
      key: settingPath(key, account.name),
      env: envName(key),
      message: `must not be set: on the surface ${title} no such switch is known, so it would do nothing. Set surface to web-service, or take it out`,
    }));
}

/** What JetSMS keeps back may be worth nothing in the morning. */
export function switchWarnings(account: AccountSettings): readonly string[] {
  const { name, exclusionWindow, reports, reportForMs } = account;
  const warnings: string[] = [];
  if (ofLane(exclusionWindow, 'otp') !== '') {
    warnings.push(
      `Account ${name}: exclusionWindow counts for lane otp too, so JetSMS keeps one-time passwords back until they are worth nothing; add otp= to it.`,
    );
  }
  const longestMs = Math.max(...lengthsMs(account));
  if (reports !== 'none' && reportForMs <= longestMs) {
    warnings.push(
      `Account ${name}: reportForMs is not longer than exclusionWindow, so messages count as unconfirmed before JetSMS has sent them.`,
    );
  }
  return warnings;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

function lengthsMs({ exclusionWindow }: AccountSettings): readonly number[] {
  return Object.values(exclusionWindow).map((text) => {
    const window = readExclusionWindow(text);
    if (window === undefined) return 0;
    return (minuteOf(window.to) - minuteOf(window.from)) * minuteMs + (window.to < window.from ? dayMs : 0);
  });
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
