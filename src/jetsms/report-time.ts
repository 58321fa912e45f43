import { fromIstanbul } from '../message/istanbul-time.ts';

/**
 * The forms in which a report's time is read. Only the first is known, of `xmlreport` (one client); how the web service
 * writes a time is not public, so the others are our choice.
 */
const forms: readonly RegExp[] = [
  /^(?<day>\d\d)(?<month>\d\d)(?<year>\d{4})(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)$/,
  /^(?<day>\d\d)\.(?<month>\d\d)\.(?<year>\d{4}) (?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)$/,
  /^(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)[T ](?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)(?:\.\d+)?(?<zone>Z|[+-]\d\d:\d\d)?$/,
];

/** Outside of these years it is a default of the service (0001-01-01) or a misreading. */
const earliestYear = 2000;
const latestYear = 2100;

/**
 * When a report says that something was, in epoch milliseconds, cut to seconds; undefined for whatever is no time.
 * Without a zone the clock is Istanbul's: our assumption, since group ids carry that clock.
 */
export function readReportTime(text: string): number | undefined {
  const fields = forms.map((form) => form.exec(text.trim())?.groups).find((found) => found !== undefined);
  if (fields === undefined) return undefined;
  const { year, month, day, hour, minute, second, zone } = fields;
  if (Number(year) < earliestYear || Number(year) > latestYear) return undefined;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const asIstanbul = fromIstanbul(local);
  if (zone === undefined || asIstanbul === undefined) return asIstanbul;
  const zoned = Date.parse(`${local}${zone}`);
  return Number.isNaN(zoned) ? undefined : zoned;
}
