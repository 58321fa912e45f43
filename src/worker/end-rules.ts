import { canAskByIds } from '../jetsms/reports.ts';
import { lanes } from '../message/lane.ts';
import type { EndRules } from '../queue/ends.ts';
import type { AccountPlace } from '../queue/names.ts';
import type { AccountSettings } from '../settings/account.ts';
import type { Settings } from '../settings/settings.ts';

/** What is remembered, told and asked of an account's ends, by its settings. */
export function endRulesOf(
  settings: Pick<Settings, 'keepStatusMs' | 'maxEvents' | 'eventsShow'>,
  account: AccountSettings,
): Omit<EndRules, keyof AccountPlace> & { readonly maxEvents: number } {
  const { keepStatusMs, maxEvents, eventsShow } = settings;
  const { reports, reportFirstMs } = account;
  return {
    keepStatusMs,
    maxEvents,
    shownInEvents: { number: eventsShow !== 'nothing', text: eventsShow === 'number-and-text' },
    reportLanes: lanes.filter((lane) => reports === 'all' || (reports !== 'none' && lane !== 'bulk')),
    reportFirstMs,
    asksByIds: canAskByIds(account),
  };
}
