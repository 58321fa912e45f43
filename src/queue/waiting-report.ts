import { type Lane, lanes } from '../message/lane.ts';

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
}

const none = '-';

/** Characters of a mark: 48 bits tell the numbers of one request apart. */
export const markLength = 8;

export function waitingText(waiting: WaitingReport): string {
  const { job, kind, lane, endedAt, n, resends, groupId = none, marks } = waiting;
  const head = `${kind[0]}${lane[0]}`;
  return [job, head, Math.round(endedAt).toString(36), n, resends, groupId, marks?.join('') ?? none].join(
    ' ',
  );
}

const form = /^(\S+) ([au])([a-z]) ([0-9a-z]{1,9}) (\d{1,6}) (\d{1,6}) (\S+) (\S+)$/;

/** Reads a member; undefined for what nobody of ours wrote. Total. */
export function parseWaiting(text: string): WaitingReport | undefined {
  const [, job, kind, laneLetter, at36 = '0', n, resends, groupId, marks = none] = form.exec(text) ?? [];
  const lane = lanes.find((one) => one[0] === laneLetter);
  const isMarked = marks !== none;
  if (job === undefined || !lane || (isMarked && marks.length !== Number(n) * markLength)) return undefined;
  return {
    job,
    kind: kind === 'a' ? 'accepted' : 'uncertain',
    lane,
    endedAt: Number.parseInt(at36, 36),
    n: Number(n),
    resends: Number(resends),
    ...(groupId === none || groupId === undefined ? {} : { groupId }),
    ...(isMarked ? { marks: cut(marks) } : {}),
  };
}

const cut = (marks: string): readonly string[] =>
  Array.from({ length: marks.length / markLength }, (_, at) =>
    marks.slice(at * markLength, (at + 1) * markLength),
  );
