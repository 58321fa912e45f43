import { X509Certificate } from 'node:crypto';
import type { AccountSettings } from '../../settings/account.ts';
import { switchRows } from '../../settings/account-switch-table.ts';
import { certificatesIn } from '../../settings/kinds.ts';
import { isSetForAny } from '../../settings/per-lane.ts';
import { switchKeys } from '../../settings/switch-rules.ts';
import { warnBeforeMs } from './endpoint.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;

/** What is set besides the address: certificates to trust, and JetSMS's own switches. Nothing where nothing is. */
export function showWay(account: AccountSettings, now: number = Date.now()): readonly Finding[] {
  return [...trustOf(account, now), ...switchesSetFor(account)];
}

function trustOf({ name, providerCa }: AccountSettings, now: number): readonly Finding[] {
  if (providerCa === '') return [];
  const ends = certificatesIn(providerCa).map((one) => Date.parse(new X509Certificate(one).validTo));
  const leftMs = Math.min(...ends) - now;
  const about = { check: 'trust', account: name } as const;
  const count = ends.length === 1 ? '1 certificate' : `${ends.length} certificates`;
  if (leftMs <= 0)
    return [
      {
        ...about,
        level: 'warning',
        says: `providerCa has ${count}, of which one has ended`,
        whatToDo: 'Take it out, or put its successor in.',
      },
    ];
  const says = `providerCa has ${count}; the first ends in ${Math.floor(leftMs / dayMs)} days`;
  if (leftMs >= warnBeforeMs) return [{ ...about, level: 'ok', says }];
  return [{ ...about, level: 'warning', says, whatToDo: 'Add its successor before it ends.' }];
}

/** That a switch is sent does not say what JetSMS makes of it. */
function switchesSetFor(account: AccountSettings): readonly Finding[] {
  const set = switchKeys
    .filter((key) => isSetForAny(account[key]))
    .map((key) => `${key} ${switchRows[key].kind.show(account[key])}`);
  if (set.length === 0) return [];
  const says = `every request carries ${set.join('; ')} (what JetSMS makes of it, it does not tell)`;
  return [{ check: 'switches', account: account.name, level: 'ok', says }];
}
