import { lanes } from '../message/lane.ts';
import { reportedStates } from '../queue/ended-state.ts';
import type { Settings } from '../settings/settings.ts';
import type { Instruments, Labels } from './instruments.ts';
import { askResults, labelSets, messageEnds, questionResults, unknownCodeLabel } from './labels.ts';
import type { CounterKey } from './table.ts';

/** What is known before anything has happened. */
export interface StartFacts {
  readonly version: string;
  /** Their counters begin at 0, so that the first event is seen as a rise. */
  readonly accounts: readonly { readonly name: string; readonly surface: string }[];
  /** Names of webhook endpoints; their counters begin at 0, too. */
  readonly webhooks?: readonly string[];
  /** The shares that are aimed at, in percent. */
  readonly objectives?: Pick<Settings, 'otpObjectivePercent' | 'acceptedObjectivePercent'>;
}

/** Shows what is known before anything has happened. */
export function setAtStart(
  { count, set }: Pick<Instruments, 'count' | 'set'>,
  { version, accounts, webhooks = [], objectives }: StartFacts,
): void {
  set('buildInfo', { version }, 1);
  for (const start of zeros(accounts)) count(start.key, start.labels, 0);
  for (const endpoint of webhooks)
    for (const result of labelSets.tryEnd.values ?? [])
      count('webhookTries', { webhook: endpoint, result }, 0);
  for (const { name } of accounts) set('consuming', { account: name }, 0);
  if (!objectives) return;
  set('objective', { objective: 'otp-in-time' }, objectives.otpObjectivePercent / 100);
  set('objective', { objective: 'accepted' }, objectives.acceptedObjectivePercent / 100);
}

/** The counters that alerts watch: a counter that appears with its first event shows no rise. */
function zeros(accounts: StartFacts['accounts']): readonly { key: CounterKey; labels: Labels }[] {
  return accounts.flatMap(({ name: account, surface }) => [
    { key: 'attempts', labels: { account, surface, code: unknownCodeLabel, outcome: 'refused' } } as const,
    { key: 'acceptedWithoutId', labels: { account, surface } } as const,
    ...askResults.map((result) => ({ key: 'asks', labels: { account, result } }) as const),
    ...questionResults.map((result) => ({ key: 'reportQuestions', labels: { account, result } }) as const),
    { key: 'splits', labels: { account } } as const,
    { key: 'otpInTime', labels: { account } } as const,
    { key: 'locksLost', labels: { account } } as const,
    ...lanes.flatMap((lane) => [
      ...messageEnds.map((end) => ({ key: 'messages', labels: { account, lane, end } }) as const),
      ...reportedStates.map((state) => ({ key: 'reports', labels: { account, lane, state } }) as const),
      { key: 'partsSent', labels: { account, lane } } as const,
    ]),
  ]);
}
