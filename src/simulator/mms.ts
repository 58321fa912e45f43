import { readDate, writeDate } from './clock.ts';
import { refusal } from './replies.ts';
import type { ProviderRefusal, Submission, SubmittedMedia } from './submission.ts';

/** What an account may send as MMS. */
export interface AccountMmsRules {
  /** Channels that carry MMS, besides the empty one; any other gives 201. */
  readonly channels: readonly string[];
  /** MIME types; any other gives 202. */
  readonly contentTypes: readonly string[];
  /** Decoded bytes; more gives 203. */
  readonly maxBytes: number;
  /** When MMS may be sent, `HHmm` in Turkish local time, over midnight too; outside gives 204. Null is always. */
  readonly window: { readonly from: string; readonly until: string } | null;
  /** Credit for one recipient. */
  readonly cost: number;
}

/** Our choice: mms-rules. None of these is public. */
export const mmsDefaults: AccountMmsRules = {
  channels: ['VF', 'TRKC', 'VD'],
  contentTypes: [
    'image/jpeg',
    'image/gif',
    'image/png',
    'audio/amr',
    'audio/mpeg',
    'video/3gpp',
    'text/plain',
  ],
  maxBytes: 300 * 1024,
  window: null,
  cost: 1,
};

/** Why the medium of a submission may not be sent; undefined where it may, or where there is none. */
export function findMediaFlaw(
  { media, startDate }: Submission,
  rules: AccountMmsRules,
  now: number,
): ProviderRefusal | undefined {
  if (media === undefined) return undefined;
  const flaw = findContentFlaw(media, rules);
  if (flaw !== undefined) return flaw;
  const at = Math.max(readDate(startDate) ?? now, now);
  return isOpen(rules.window, at) ? undefined : refusal('204', { detail: 'MMS izinsiz zaman araligi' });
}

function findContentFlaw(
  { channel, contentType, bytes }: SubmittedMedia,
  rules: AccountMmsRules,
): ProviderRefusal | undefined {
  if (channel !== '' && !rules.channels.includes(channel)) {
    return refusal('201', { detail: 'MMS gecersiz kanal bilgisi' });
  }
  if (!rules.contentTypes.includes(contentType.toLowerCase()) || bytes === undefined) {
    return refusal('202', { detail: 'MMS gecersiz content type bilgisi' });
  }
  if (bytes <= rules.maxBytes) return undefined;
  return refusal('203', { detail: 'MMS maksimum dosya boyutu asildi' });
}

function isOpen(window: AccountMmsRules['window'], at: number): boolean {
  if (window === null) return true;
  const time = writeDate(at).slice(8, 12);
  const { from, until } = window;
  return from <= until ? from <= time && time < until : from <= time || time < until;
}
