import { keyedHash } from '../message/keyed-hash.ts';
import { type Lane, lanes } from '../message/lane.ts';
import { parseNumbers, rangesText } from './ranges-text.ts';

/**
 * A send job of which JetSMS has not said yet what became of its messages. It is the member of a sorted set, whose score says
 * when to ask next: all that asking needs, and nothing that shows a number.
 */
export interface WaitingReport {
  /** The send job, or the piece of one. */
  readonly job: string;
  /** `accepted`: waits for its reports. `uncertain`: was given up; should JetSMS know it after all, it was accepted. */
  readonly kind: 'accepted' | 'uncertain';
  readonly lane: Lane;
  /** When it ended, epoch milliseconds: what the intervals grow by, and the day on which its end lies. */
  readonly endedAt: number;
  /** Messages. */
  readonly n: number;
  /** How often it was sent again: part of its ids on the wire. */
  readonly resends: number;
  readonly groupId?: string;
  /** A mark of each recipient's number (`numberMark`), where reports are told apart by numbers. */
  readonly marks?: readonly string[];
  /** The messages' ids, where they are not made of the job's id (`messageIdAt`). */
  readonly ids?: readonly string[];
  /** Messages whose reports are final, by index: they are told once, whatever else is forgotten. */
  readonly done?: readonly number[];
}

const none = '-';

/** Characters of a mark: 48 bits tell the numbers of one request apart. */
export const markLength = 8;

/** The marks of recipients by which the reports of a group are told apart; nobody can try numbers out without the secret. */
export const numberMark = (secret: string, number: string): string =>
  keyedHash(secret, 'report', [number]).slice(0, markLength);

/**
 * Whether JetSMS is asked about a job by ids of ours: its operation for MMS carries none.
 * @param asksByIds where the account can be asked by them
 */
export const isAskedByIds = (
  job: { readonly media?: unknown },
  { asksByIds }: { readonly asksByIds: boolean },
): boolean => asksByIds && job.media === undefined;

export function waitingText(waiting: WaitingReport): string {
  const { job, kind, lane, endedAt, n, resends, groupId = none, marks, ids, done = [] } = waiting;
  const head = `${kind[0]}${lane[0]}`;
  const fields = [job, head, Math.round(endedAt).toString(36), n, resends, groupId, marks?.join('') ?? none];
  const isPlain = ids === undefined && done.length === 0;
  return [
    ...fields,
    ...(isPlain ? [] : [ids ? idsText(ids) : none, done.length > 0 ? rangesText(done) : none]),
  ].join(' ');
}

const form = /^(\S+) ([au])([a-z]) ([0-9a-z]{1,9}) (\d{1,6}) (\d{1,6}) (\S+) (\S+)(?: (\S+) (-|\d[\d,-]*))?$/;

/** Reads a member; undefined for what nobody of ours wrote. Total. */
export function parseWaiting(text: string): WaitingReport | undefined {
  const found = form.exec(text);
  const [, job, kind, laneLetter, at36 = '0', n, resends, groupId, marks = none, ...rest] = found ?? [];
  const lane = lanes.find((one) => one[0] === laneLetter);
  const messages = Number(n);
  const isMarked = marks !== none;
  if (job === undefined || !lane || (isMarked && marks.length !== messages * markLength)) return undefined;
  const lists = parseLists(rest, messages);
  if (lists === undefined) return undefined;
  return {
    job,
    kind: kind === 'a' ? 'accepted' : 'uncertain',
    lane,
    endedAt: Number.parseInt(at36, 36),
    n: messages,
    resends: Number(resends),
    ...(groupId === none || groupId === undefined ? {} : { groupId }),
    ...(isMarked ? { marks: cut(marks) } : {}),
    ...lists,
  };
}

function parseLists(
  [idsField = none, doneField = none]: readonly (string | undefined)[],
  n: number,
): Pick<WaitingReport, 'ids' | 'done'> | undefined {
  const ids = idsField === none ? undefined : parseIds(idsField, n);
  const done = doneField === none ? undefined : parseNumbers(doneField, n);
  if ((idsField !== none && ids?.length !== n) || (doneField !== none && !done)) return undefined;
  if (done?.some((index) => index >= n)) return undefined;
  return { ...(ids ? { ids } : {}), ...(done ? { done } : {}) };
}

const cut = (marks: string): readonly string[] =>
  Array.from({ length: marks.length / markLength }, (_, at) =>
    marks.slice(at * markLength, (at + 1) * markLength),
  );

/** What an id ends in that is made of its job's id and the message's place. */
const placed = /^(.+)\.(0|[1-9]\d{0,5})$/;

/** The ids of a piece are those of its job with other places: their places are enough. */
function idsText(ids: readonly string[]): string {
  const parts = ids.map((id) => placed.exec(id));
  const [base] = parts.map((part) => part?.[1]);
  const isOneBase = base !== undefined && parts.every((part) => part?.[1] === base);
  if (isOneBase) return `${quoted(base)}*${rangesText(parts.map((part) => Number(part?.[2])))}`;
  return ids.map(quoted).join(',');
}

/** Nothing in an id is taken for what stands between ids. */
const quoted = (id: string): string => encodeURIComponent(id.toWellFormed()).replaceAll('*', '%2A');

function parseIds(text: string, n: number): readonly string[] | undefined {
  const [base = '', places, more] = text.split('*');
  if (more !== undefined) return undefined;
  if (places === undefined) return unquotedAll(text.split(','));
  const [unquotedBase] = unquotedAll([base]) ?? [];
  return unquotedBase === undefined
    ? undefined
    : parseNumbers(places, n)?.map((place) => `${unquotedBase}.${place}`);
}

function unquotedAll(texts: readonly string[]): readonly string[] | undefined {
  try {
    return texts.map(decodeURIComponent);
  } catch {
    // Not written by us.
    return undefined;
  }
}
