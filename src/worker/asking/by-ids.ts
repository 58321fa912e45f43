import { spellingOf } from '../../jetsms/number-spelling.ts';
import { mostIds } from '../../jetsms/reports.ts';
import type { Answer } from '../verdict/decide.ts';
import type { AnswersTo, Doubt } from './asker.ts';
import type { Control } from './control.ts';
import type { Found, Inquire } from './inquiry.ts';

/** Asks by the ids that the messages had. Nothing is found where JetSMS would say the same of an id that nobody has used. */
export function answersByIds({
  inquire,
  control,
}: {
  readonly inquire: Inquire;
  readonly control: Control;
}): AnswersTo {
  return async (doubts) => {
    const seen: Seen[] = [];
    for (const together of inQuestions(doubts)) seen.push(...(await lookTogether(together, inquire)));
    const known = seen.find((one) => typeof one !== 'string');
    if (known === undefined || typeof known === 'string') return seen.map(answerOf);
    const isTrustworthy = await control.isTrustworthy(known.id);
    return isTrustworthy ? seen.map(answerOf) : seen.map((): Answer => ({ kind: 'no-answer' }));
  };
}

/** As many messages to a question as their ids allow; one that was sent again has several. */
function inQuestions(doubts: readonly Doubt[]): readonly (readonly Doubt[])[] {
  const questions: Doubt[][] = [];
  let ids = mostIds;
  for (const doubt of doubts) {
    ids += doubt.wireIds.length;
    if (ids > mostIds) {
      questions.push([]);
      ids = doubt.wireIds.length;
    }
    questions.at(-1)?.push(doubt);
  }
  return questions;
}

/** The row of a message, or that there is none. */
type Seen = Found | 'not-found' | 'no-answer';

const answerOf = (seen: Seen): Answer =>
  typeof seen === 'string' ? { kind: seen } : { kind: 'found', status: seen.status };

/** Where JetSMS refuses a question about several ids, one of them may be why: it is asked about fewer. */
async function lookTogether(doubts: readonly Doubt[], inquire: Inquire): Promise<readonly Seen[]> {
  const inquiry = await inquire(doubts.flatMap(({ wireIds }) => wireIds));
  if (inquiry.kind === 'rows') return doubts.map((doubt) => rowOf(doubt, inquiry.found) ?? 'not-found');
  if (inquiry.refusedBy === undefined) return doubts.map(() => 'no-answer');
  const [only] = doubts;
  if (doubts.length === 1 && only) return [await lookAlone(only, inquire)];
  const middle = Math.ceil(doubts.length / 2);
  return [
    ...(await lookTogether(doubts.slice(0, middle), inquire)),
    ...(await lookTogether(doubts.slice(middle), inquire)),
  ];
}

/** By each of its ids alone, where it had several: JetSMS may know but one of them. */
async function lookAlone(doubt: Doubt, inquire: Inquire): Promise<Seen> {
  if (doubt.wireIds.length === 1) return 'no-answer';
  let isSilent = false;
  for (const id of doubt.wireIds) {
    const inquiry = await inquire([id]);
    const row = inquiry.kind === 'rows' ? rowOf(doubt, inquiry.found) : undefined;
    if (row) return row;
    isSilent ||= inquiry.kind !== 'rows';
  }
  return isSilent ? 'no-answer' : 'not-found';
}

/** An id that JetSMS knows with another number is another message's. */
const rowOf = ({ wireIds, to }: Doubt, found: readonly Found[]): Found | undefined =>
  found.find(({ id, number }) => wireIds.includes(id) && isNumberOf(number, to));

/** A row may lack the number; its id is ours all the same. */
const isNumberOf = (number: string, to: string): boolean =>
  number.trim() === '' || spellingOf(number) === spellingOf(to);
