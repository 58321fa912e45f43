import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeTable } from '../../../../src/codes/index.ts';
import {
  type Outcome,
  type UncertainCause,
  type UnsentCause,
  uncertainCauses,
  unsentCauses,
} from '../../../../src/jetsms/outcome.ts';
import { isProxyRefusal } from '../../../../src/jetsms/proxy-causes.ts';
import {
  type Answer,
  type AskedSituation,
  decide,
  decideAsked,
} from '../../../../src/worker/verdict/decide.ts';
import type { UncertainPolicy } from '../../../../src/worker/verdict/uncertain-policy.ts';
import type { Decision, Situation } from '../../../../src/worker/verdict/verdict.ts';
import { refusedBy } from '../../../support/outcomes.ts';

/**
 * The specification of the worker: what is done about every outcome. The tables are written by hand, so that
 * a change of a decision is a change of a line here. Words:
 *
 * - `complete`, `divide`: as in the house's words
 * - `retry 0..2000`: send again after a delay drawn from this range, in milliseconds
 * - `resend 0..2000`: the same, but the request before may have been taken
 * - `ask 1000..2000`: ask JetSMS whether it has the message, after a delay drawn from this range
 * - `defer 0..600000`: wait without using an attempt
 * - `hold no-credit 11`: the account stands still, with this reason and code; `witness`: the request's first
 *   message may become a dead letter for it
 * - `dead terminal 12`: a dead letter with this reason and code; `+arrived`: the person may have the text all the same
 */
const now = Date.UTC(2026, 0, 5, 12);
const hour = 3_600_000;

const asking = { firstMs: 2_000, forMs: hour } as const;
/** What becomes of a message where no answer comes. */
const policies = {
  park: { asks: false, otherwise: 'park' },
  resend: { asks: false, otherwise: 'resend' },
  'ask, else park': { asks: true, otherwise: 'park', ...asking },
  'ask, else resend': { asks: true, otherwise: 'resend', ...asking },
} as const satisfies Record<string, UncertainPolicy>;
const { park: parks, resend: resends } = policies;

const ordinary: Omit<Situation, 'outcome'> = {
  attempts: 0,
  resends: 0,
  policy: parks,
  maxResends: 2,
  deadlineAt: now + 24 * hour,
  startedAt: now - 100,
  missedAt: now - 100,
  messages: 1,
  isProbe: false,
  now,
  random: 0,
};

/** The verdicts at both ends of the range of chance, in one line. */
function verdictOf(outcome: Outcome, change: Partial<Situation> = {}): string {
  const situation = { ...ordinary, ...change, outcome };
  const [least, most] = [0, 1 - Number.EPSILON].map((random) => decide({ ...situation, random }));
  return least && most ? inWords(least, most) : '';
}

function inWords(least: Decision, most: Decision): string {
  switch (least.kind) {
    case 'complete':
    case 'divide':
      return least.kind;
    case 'retry':
      return `${least.resend ? 'resend' : 'retry'} ${least.delayMs}..${ceiling(most)}`;
    case 'ask':
      return `ask ${least.delayMs}..${ceiling(most)}`;
    case 'defer':
      return `defer ${least.delayMs}..${ceiling(most)}`;
    case 'hold':
      return [`hold ${least.reason} ${least.code}`, least.reason !== 'endpoint' && least.facts && 'witness']
        .filter(Boolean)
        .join(' ');
    case 'dead-letter': {
      const { reason, code, mayHaveArrived } = least.facts;
      return ['dead', reason, code, mayHaveArrived && '+arrived'].filter(Boolean).join(' ');
    }
  }
}

/** The delay that is never reached, since chance stays below 1; or the end that the longest wait comes to. */
function ceiling(verdict: Decision): string {
  return 'delayMs' in verdict ? String(verdict.delayMs + 1) : `or ${inWords(verdict, verdict)}`;
}

/** Lines of cells, two blanks or more apart. */
function rowsOf(table: string): string[][] {
  const lines = table.split('\n').map((line) => line.trim());
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split(/\s{2,}/));
}

const code = (code: string, text = 'words'): Outcome => refusedBy(code, text);
const http = (status: number): Outcome => ({ kind: 'refused', by: 'http', status });
const unsent = (cause: UnsentCause, retryAfterMs?: number): Outcome => ({
  kind: 'unsent',
  cause,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const uncertain = (cause: UncertainCause): Outcome => ({ kind: 'uncertain', cause });
const accepted: Outcome = { kind: 'accepted', groupId: '130228114512' };

/** The reply that stands for a row of the code table. */
function outcomeOfRow(id: string): Outcome {
  if (id === '00') return accepted;
  if (id === '90-xml-null') return code('90', 'XML null');
  if (id === '90-parser') return code('90', 'XML Parser Hatasi : ...');
  return code(id.split('-', 1)[0] ?? id);
}

const byRow = rowsOf(`
  # row        1st attempt                3rd attempt                   8th attempt
  00           complete                   complete                      complete
  10           hold account-fault 10 witness    hold account-fault 10 witness       hold account-fault 10 witness
  11           hold no-credit 11          hold no-credit 11             hold no-credit 11
  12           dead terminal 12           dead terminal 12              dead terminal 12
  30           dead terminal 30           dead terminal 30              dead terminal 30
  31           dead terminal 31           dead terminal 31              dead terminal 31
  72           dead terminal 72           dead terminal 72              dead terminal 72
  76           hold account-fault 76 witness    hold account-fault 76 witness       hold account-fault 76 witness
  77           hold account-fault 77 witness    hold account-fault 77 witness       hold account-fault 77 witness
  80           dead terminal 80           dead terminal 80              dead terminal 80
  81           dead terminal 81           dead terminal 81              dead terminal 81
  84           dead terminal 84           dead terminal 84              dead terminal 84
  85           dead terminal 85           dead terminal 85              dead terminal 85
  86           dead terminal 86           dead terminal 86              dead terminal 86
  87           dead terminal 87           dead terminal 87              dead terminal 87
  88           dead terminal 88           dead terminal 88              dead terminal 88
  89           dead terminal 89           dead terminal 89              dead terminal 89
  90-parser    dead terminal 90           dead terminal 90              dead terminal 90
  90-xml-null  retry 0..2000              retry 0..30000                dead exhausted 90
  90-other     dead terminal 90           dead terminal 90              dead terminal 90
  201          dead terminal 201          dead terminal 201             dead terminal 201
  202          dead terminal 202          dead terminal 202             dead terminal 202
  203          dead terminal 203          dead terminal 203             dead terminal 203
  204          defer 1800000..2400000     defer 1800000..2400000        defer 1800000..2400000
`);

describe('the decision table: every row of the code table', () => {
  it('has a line for each row, in order', () => {
    expect(byRow.map(([id]) => id)).toEqual(codeTable.map(({ id }) => id));
  });

  it.each(byRow)('%s: %s, later %s, at last %s', (id, first, third, eighth) => {
    const outcome = outcomeOfRow(id ?? '');
    expect([0, 2, 7].map((attempts) => verdictOf(outcome, { attempts }))).toEqual([first, third, eighth]);
  });

  it.each(byRow)('%s is judged alike whatever the message wants where it is uncertain', (id, first) => {
    for (const policy of Object.values(policies))
      expect(verdictOf(outcomeOfRow(id ?? ''), { policy })).toBe(first);
  });
});

const byOtherRefusal = rowsOf(`
  # refusal   1st attempt                    3rd attempt                    8th attempt
  73          hold unknown-code 73 witness           hold unknown-code 73 witness           hold unknown-code 73 witness
  999         hold unknown-code 999 witness          hold unknown-code 999 witness          hold unknown-code 999 witness
  0           hold unknown-code 0 witness            hold unknown-code 0 witness            hold unknown-code 0 witness
  http-301    hold endpoint http-301  hold endpoint http-301  hold endpoint http-301
  http-308    hold endpoint http-308  hold endpoint http-308  hold endpoint http-308
  http-400    hold endpoint http-400  hold endpoint http-400  hold endpoint http-400
  http-401    hold endpoint http-401  hold endpoint http-401  hold endpoint http-401
  http-403    hold endpoint http-403  hold endpoint http-403  hold endpoint http-403
  http-404    hold endpoint http-404  hold endpoint http-404  hold endpoint http-404
  http-407    hold endpoint http-407  hold endpoint http-407  hold endpoint http-407
`);

describe('the decision table: refusals outside the code table', () => {
  it.each(byOtherRefusal)('%s: %s', (name = '', first, third, eighth) => {
    const outcome = name.startsWith('http-') ? http(Number(name.slice(5))) : code(name);
    expect([0, 2, 7].map((attempts) => verdictOf(outcome, { attempts }))).toEqual([first, third, eighth]);
  });

  it('a `00` that came as a refusal contradicts itself and is uncertain', () => {
    expect(verdictOf(code('00', ''))).toBe('dead uncertain malformed-reply +arrived');
  });
});

const byUnsentCause = rowsOf(`
  # cause             1st attempt    3rd attempt     7th attempt       8th attempt
  dns                 retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted dns
  connection-refused  retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted connection-refused
  connect-timeout     retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted connect-timeout
  connection-failed   retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted connection-failed
  tls                 retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted tls
  http-408            retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted http-408
  http-429            retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted http-429
  http-503            retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted http-503
  reset-before-write  retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted reset-before-write
  proxy-dns           retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-dns
  proxy-unreachable   retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-unreachable
  proxy-timeout       retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-timeout
  proxy-tls           retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-tls
  proxy-login         hold endpoint proxy-login  hold endpoint proxy-login  hold endpoint proxy-login  hold endpoint proxy-login
  proxy-refused       hold endpoint proxy-refused  hold endpoint proxy-refused  hold endpoint proxy-refused  hold endpoint proxy-refused
  proxy-bad-gateway   retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-bad-gateway
  proxy-failed        retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted proxy-failed
  aborted             retry 0..2000  retry 0..15000  retry 0..1800000  dead exhausted aborted
`);

describe('the decision table: nothing was sent', () => {
  it('has a line for each cause', () => {
    expect(byUnsentCause.map(([cause]) => cause)).toEqual(unsentCauses);
  });

  it.each(byUnsentCause)('%s: %s, %s, %s, at last %s', (cause, ...expected) => {
    const outcome = unsent(cause as UnsentCause);
    expect([0, 2, 6, 7].map((attempts) => verdictOf(outcome, { attempts }))).toEqual(expected);
  });

  it.each(byUnsentCause)('%s of a canary holds the account anew, at any attempt', (cause) => {
    for (const attempts of [0, 2, 7]) {
      const verdict = verdictOf(unsent(cause as UnsentCause), { attempts, isProbe: true });
      const reason = isProxyRefusal(cause) ? 'endpoint' : 'unreachable';
      expect(verdict).toBe(`hold ${reason} ${cause}`);
    }
  });

  it.each(
    rowsOf(`
      # Retry-After   verdict
      500             retry 500..2000
      60000           retry 60000..60001
      7200000         retry 3600000..3600001
    `),
  )(
    'waits at least the %s ms that the server asks for, but never longer than an hour: %s',
    (ms, expected) => {
      expect(verdictOf(unsent('http-503', Number(ms)))).toBe(expected);
    },
  );
});

const byUncertainCause = rowsOf(`
  # cause              park                                          resend, 1st     resend, 2nd      resend, 3rd
  reply-timeout        dead uncertain reply-timeout +arrived         resend 0..2000  resend 0..10000  dead uncertain reply-timeout +arrived
  body-timeout         dead uncertain body-timeout +arrived          resend 0..2000  resend 0..10000  dead uncertain body-timeout +arrived
  request-timeout      dead uncertain request-timeout +arrived       resend 0..2000  resend 0..10000  dead uncertain request-timeout +arrived
  reset-after-write    dead uncertain reset-after-write +arrived     resend 0..2000  resend 0..10000  dead uncertain reset-after-write +arrived
  http-5xx             dead uncertain http-5xx +arrived              resend 0..2000  resend 0..10000  dead uncertain http-5xx +arrived
  empty-reply          dead uncertain empty-reply +arrived           resend 0..2000  resend 0..10000  dead uncertain empty-reply +arrived
  html-reply           dead uncertain html-reply +arrived            resend 0..2000  resend 0..10000  dead uncertain html-reply +arrived
  malformed-reply      dead uncertain malformed-reply +arrived       resend 0..2000  resend 0..10000  dead uncertain malformed-reply +arrived
  cut-reply            dead uncertain cut-reply +arrived             resend 0..2000  resend 0..10000  dead uncertain cut-reply +arrived
  reply-too-large      dead uncertain reply-too-large +arrived       resend 0..2000  resend 0..10000  dead uncertain reply-too-large +arrived
  unknown-status       dead uncertain unknown-status +arrived        resend 0..2000  resend 0..10000  dead uncertain unknown-status +arrived
  server-fault         dead uncertain server-fault +arrived          resend 0..2000  resend 0..10000  dead uncertain server-fault +arrived
  aborted              dead uncertain aborted +arrived               resend 0..2000  resend 0..10000  dead uncertain aborted +arrived
  crash                dead uncertain crash +arrived                 resend 0..2000  resend 0..10000  dead uncertain crash +arrived
`);

describe('the decision table: nobody knows', () => {
  it('has a line for each cause', () => {
    expect(byUncertainCause.map(([cause]) => cause)).toEqual(uncertainCauses);
  });

  it.each(byUncertainCause)('%s parks: %s', (cause, parked) => {
    for (const attempts of [0, 2, 7]) {
      expect(verdictOf(uncertain(cause as UncertainCause), { attempts })).toBe(parked);
    }
  });

  it.each(byUncertainCause)('%s resends twice, then parks', (cause, _parked, ...expected) => {
    const resend = (resends: number) =>
      verdictOf(uncertain(cause as UncertainCause), {
        policy: policies.resend,
        resends,
        attempts: resends,
      });
    expect([0, 1, 2].map(resend)).toEqual(expected);
  });

  it.each(byUncertainCause)(
    '%s is asked about first, whatever is done where asking comes to nothing',
    (cause) => {
      for (const policy of [policies['ask, else park'], policies['ask, else resend']])
        for (const [attempts, used] of [
          [0, 0],
          [2, 2],
          [7, 9],
        ] as const) {
          const change = { policy, attempts, resends: used, deadlineAt: now - 1 };
          expect(verdictOf(uncertain(cause as UncertainCause), change)).toBe('ask 1000..2000');
        }
    },
  );

  it('what is asked about has a cause, a beginning and an end of its questions', () => {
    const change = { policy: policies['ask, else park'], startedAt: now - 5_000, missedAt: now - 3_000 };
    expect(decide({ ...ordinary, ...change, outcome: uncertain('reply-timeout') })).toMatchObject({
      asking: { since: now - 5_000, cause: 'reply-timeout', until: now - 3_000 + hour, asked: 0 },
    });
  });

  it('nothing is asked once the time for asking is over before the first question', () => {
    const change = { missedAt: now - hour };
    const outcome = uncertain('crash');
    expect(verdictOf(outcome, { ...change, policy: policies['ask, else park'] })).toMatch(
      /^dead uncertain crash/,
    );
    expect(verdictOf(outcome, { ...change, policy: policies['ask, else resend'] })).toBe('resend 0..2000');
  });

  it('does not hold the account of a canary whose answer did not come: what was sent was sent', () => {
    expect(verdictOf(uncertain('reply-timeout'), { isProbe: true })).toBe(
      'dead uncertain reply-timeout +arrived',
    );
  });

  it('never resends where no resend is allowed, and draws on the last delay where there are more than listed', () => {
    const outcome = uncertain('reply-timeout');
    const change = { policy: resends } as const;
    expect(verdictOf(outcome, { ...change, maxResends: 0 })).toMatch(/^dead uncertain/);
    expect(verdictOf(outcome, { ...change, maxResends: 9, resends: 8 })).toBe('resend 0..30000');
  });
});

describe('the deadline', () => {
  const late = rowsOf(`
    # outcome           the deadline has passed                 a second is left
    00                  complete                                complete
    10                  hold account-fault 10 witness                 hold account-fault 10 witness
    11                  hold no-credit 11                       hold no-credit 11
    12                  dead terminal 12                        dead terminal 12
    90-xml-null         dead expired 90                         retry 0..or dead expired 90
    204                 dead expired 204                        dead expired 204
    73                  hold unknown-code 73 witness                    hold unknown-code 73 witness
    connection-refused  dead expired connection-refused         retry 0..or dead expired connection-refused
    reply-timeout       dead uncertain reply-timeout +arrived   dead uncertain reply-timeout +arrived
  `);

  const outcomes: Readonly<Record<string, Outcome>> = {
    'connection-refused': unsent('connection-refused'),
    'reply-timeout': uncertain('reply-timeout'),
  };

  it.each(late)('%s: %s; with a second left: %s', (name = '', passed, aSecondLeft) => {
    const outcome = outcomes[name] ?? outcomeOfRow(name);
    expect(verdictOf(outcome, { deadlineAt: now - 1 })).toBe(passed);
    expect(verdictOf(outcome, { deadlineAt: now + 1_000 })).toBe(aSecondLeft);
  });

  it('an uncertain message that would be resent too late is uncertain, not expired', () => {
    const change = { policy: resends, random: 0.9 } as const;
    expect(verdictOf(uncertain('reply-timeout'), { ...change, deadlineAt: now })).toBe(
      'dead uncertain reply-timeout +arrived',
    );
  });

  it('retries used up are `exhausted` even after the deadline', () => {
    expect(verdictOf(unsent('dns'), { attempts: 7, deadlineAt: now - 1 })).toBe('dead exhausted dns');
  });
});

describe('several messages in one request', () => {
  const byScope = rowsOf(`
    # row        verdict                   why
    00           complete                  all were taken
    10           hold account-fault 10 witness   the account's fault, so each message's end
    11           hold no-credit 11         the account's fault
    12           dead terminal 12          the title's fault, and all have the same title
    72           dead terminal 72          as 12
    76           hold account-fault 76 witness   the account's fault
    77           hold account-fault 77 witness   the account's fault
    30           dead terminal 30          a request has one title
    31           divide                    one of them is at fault
    80           divide                    one of them is at fault
    85           divide                    one of them is at fault
    201          dead terminal 201         all of them carry the same medium
    81           divide                    it may be one of them that we wrote wrongly
    90-parser    divide                    it may be one of them that we wrote wrongly
    90-other     divide                    it may be one of them that we wrote wrongly
    90-xml-null  retry 0..2000             nothing arrived
    73           hold unknown-code 73 witness      nobody knows
  `);

  it.each(byScope)('%s: %s, because %s', (id = '', expected) => {
    expect(verdictOf(outcomeOfRow(id), { messages: 2 })).toBe(expected);
    expect(verdictOf(outcomeOfRow(id), { messages: 1_000 })).toBe(expected);
  });

  const ofOneText = rowsOf(`
    # row        verdict                   why
    80           dead terminal 80          the text is the same for all
    85           dead terminal 85          the text is the same for all
    31           divide                    the numbers are not
    90-other     divide                    nor is what we wrote around them
  `);

  it.each(ofOneText)('of one text, %s: %s, because %s', (id = '', expected) => {
    expect(verdictOf(outcomeOfRow(id), { messages: 1_000, isOneText: true })).toBe(expected);
  });
});

describe('a request that is too large for the endpoint', () => {
  it.each(
    rowsOf(`
      # messages  verdict
      1000        divide
      2           divide
      1           hold endpoint http-413
    `),
  )('of %s messages: %s', (messages, expected) => {
    expect(verdictOf(http(413), { messages: Number(messages) })).toBe(expected);
  });
});

describe("JetSMS's word on one recipient of a request in which others were accepted", () => {
  it.each(
    rowsOf(`
      # status  verdict
      10        dead terminal 10
      77        dead terminal 77
      12        dead terminal 12
      73        dead unknown-code 73
      11        hold no-credit 11
    `),
  )('%s: %s', (status = '', expected) => {
    expect(verdictOf(code(status), { isOfRecipient: true })).toBe(expected);
  });
});

describe('the MMS window', () => {
  it('defers to its opening, spread over ten minutes', () => {
    const change = { windowOpensAt: now + 3 * hour };
    expect(verdictOf(code('204'), change)).toBe(`defer ${3 * hour}..${3 * hour + 600_000}`);
  });

  it('defers by the spread only where JetSMS and the window disagree', () => {
    expect(verdictOf(code('204'), { windowOpensAt: now })).toBe('defer 0..600000');
  });

  it('expires a message that the opening comes too late for', () => {
    expect(verdictOf(code('204'), { windowOpensAt: now + 25 * hour })).toBe('dead expired 204');
  });
});

describe('a message that was sent again after an uncertain attempt', () => {
  it.each(
    rowsOf(`
      # outcome            verdict
      12                   dead terminal 12 +arrived
    `),
  )('%s: %s', (id = '', expected) => {
    expect(verdictOf(code(id), { resends: 1, policy: resends })).toBe(expected);
  });

  it('says so where its retries are used up, and where it expires', () => {
    expect(verdictOf(unsent('dns'), { resends: 1, attempts: 7 })).toBe('dead exhausted dns +arrived');
    expect(verdictOf(unsent('dns'), { resends: 1, deadlineAt: now })).toBe('dead expired dns +arrived');
  });
});

describe('what a dead letter says', () => {
  it('of a witness says the same, and whether an earlier request may have arrived', () => {
    expect(decide({ ...ordinary, outcome: code('10', 'wrong user') })).toMatchObject({
      facts: { reason: 'terminal', code: '10', text: 'wrong user' },
    });
    expect(decide({ ...ordinary, resends: 1, outcome: code('73', 'words') })).toMatchObject({
      facts: { reason: 'unknown-code', code: '73', text: 'words', mayHaveArrived: true },
    });
  });

  it("keeps the provider's words", () => {
    expect(decide({ ...ordinary, outcome: code('12', 'wrong title') })).toMatchObject({
      rule: '12',
      facts: { reason: 'terminal', code: '12', text: 'wrong title' },
    });
    expect(decide({ ...ordinary, attempts: 7, outcome: code('90', 'XML null') })).toMatchObject({
      rule: '90-xml-null',
      facts: { reason: 'exhausted', code: '90', text: 'XML null' },
    });
  });

  it('names the rule that led there', () => {
    expect(decide({ ...ordinary, outcome: uncertain('crash') }).rule).toBe('uncertain: park');
    expect(decide({ ...ordinary, outcome: http(401) }).rule).toBe('http-401');
    expect(decide({ ...ordinary, outcome: unsent('dns') }).rule).toBe('unsent');
    expect(decide({ ...ordinary, outcome: accepted })).toEqual({
      kind: 'complete',
      rule: '00',
      groupId: '130228114512',
    });
  });
});

describe('whole schedules', () => {
  /** Every verdict of a message that meets the same outcome again and again, at the top of its chance. */
  function wayOf(outcome: Outcome, change: Partial<Situation> = {}): string[] {
    const way: string[] = [];
    for (let attempts = 0; attempts < 50; attempts += 1) {
      const resends = 'resends' in change ? attempts : 0;
      const verdict = verdictOf(outcome, { ...change, attempts, resends });
      way.push(`${attempts + 1}: ${verdict}`);
      if (verdict.startsWith('dead')) break;
    }
    return way;
  }

  it('of a message that cannot be sent', () => {
    expect(wayOf(unsent('connection-refused'))).toEqual([
      '1: retry 0..2000',
      '2: retry 0..5000',
      '3: retry 0..15000',
      '4: retry 0..60000',
      '5: retry 0..300000',
      '6: retry 0..900000',
      '7: retry 0..1800000',
      '8: dead exhausted connection-refused',
    ]);
  });

  it('of a message whose XML does not arrive', () => {
    expect(wayOf(code('90', 'XML null'))).toEqual([
      '1: retry 0..2000',
      '2: retry 0..10000',
      '3: retry 0..30000',
      '4: retry 0..120000',
      '5: retry 0..600000',
      '6: dead exhausted 90',
    ]);
  });

  it('of an OTP that nobody answers', () => {
    expect(wayOf(uncertain('reply-timeout'), { policy: resends, resends: 0 })).toEqual([
      '1: resend 0..2000',
      '2: resend 0..10000',
      '3: dead uncertain reply-timeout +arrived',
    ]);
  });

  it('of an OTP that cannot be sent: the five minutes of its life decide', () => {
    const ages = [0, 2_000, 7_000, 22_000, 82_000];
    const verdicts = ages.map((ageMs, attempts) =>
      verdictOf(unsent('dns'), { attempts, deadlineAt: now + 300_000 - ageMs }),
    );
    expect(verdicts).toEqual([
      'retry 0..2000',
      'retry 0..5000',
      'retry 0..15000',
      'retry 0..60000',
      'retry 0..or dead expired dns',
    ]);
  });
});

describe('once JetSMS was asked', () => {
  const doubt = { since: now - 10_000, cause: 'reply-timeout', until: now + hour, asked: 2 } as const;
  const found: Answer = { kind: 'found', status: '1' };
  const answered = (answer: Answer, change: Partial<AskedSituation> = {}): string => {
    const situation = { ...ordinary, policy: policies['ask, else park'], asking: doubt, ...change, answer };
    const [least, most] = [0, 1 - Number.EPSILON].map((random) => decideAsked({ ...situation, random }));
    return least && most ? inWords(least, most) : '';
  };
  const over = { asking: { ...doubt, until: now } };

  it.each(Object.entries(policies))(
    'a message that it has is accepted, even when it is late (%s)',
    (_, policy) => {
      expect(answered(found, { policy })).toBe('complete');
      expect(answered(found, { policy, ...over, deadlineAt: now - 1 })).toBe('complete');
    },
  );

  it.each(
    rowsOf(`
      # answer     questions so far  next question
      not-found    0                 ask 2000..4000
      not-found    1                 ask 4000..8000
      not-found    2                 ask 8000..16000
      not-found    20                ask 150000..300000
      no-answer    0                 ask 2000..4000
      no-answer    20                ask 150000..300000
    `),
  )('%s, asked %s times before: %s', (kind, asked, expected) => {
    const answer = { kind } as Answer;
    expect(answered(answer, { asking: { ...doubt, asked: Number(asked) } })).toBe(expected);
  });

  it('the last question is asked when the time for asking is over', () => {
    expect(answered({ kind: 'not-found' }, { asking: { ...doubt, until: now + 500 } })).toBe('ask 500..501');
  });

  it.each(
    rowsOf(`
      # answer     policy             at the end of the time
      not-found    ask, else park     dead uncertain reply-timeout +arrived
      no-answer    ask, else park     dead uncertain reply-timeout +arrived
      not-found    ask, else resend   resend 0..2000
      no-answer    ask, else resend   resend 0..2000
    `),
  )('%s, %s: %s', (kind, policy, expected) => {
    const answer = { kind } as Answer;
    expect(answered(answer, { ...over, policy: policies[policy as keyof typeof policies] })).toBe(expected);
  });

  it('is sent again only as often as allowed, and never after its deadline', () => {
    const change = { ...over, policy: policies['ask, else resend'] };
    expect(answered({ kind: 'not-found' }, { ...change, resends: 2 })).toMatch(/^dead uncertain/);
    expect(answered({ kind: 'not-found' }, { ...change, deadlineAt: now })).toMatch(/^dead uncertain/);
  });

  it('where the account cannot be asked any more, what the message wants is done at once', () => {
    expect(answered({ kind: 'no-answer' }, { policy: parks })).toMatch(/^dead uncertain/);
    expect(answered({ kind: 'no-answer' }, { policy: resends })).toBe('resend 0..2000');
  });
});

describe('for any situation', () => {
  const words = fc.oneof(fc.string(), fc.constantFrom('XML null', 'XML Parser Hatasi : x', ''));
  const codes = fc.oneof(fc.constantFrom(...codeTable.map((row) => row.code)), fc.string());
  const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({ kind: fc.constant('accepted' as const), groupId: fc.string({ minLength: 1 }) }),
    fc.tuple(codes, words).map(([code, text]) => refusedBy(code, text)),
    fc.record({
      kind: fc.constant('refused' as const),
      by: fc.constant('http' as const),
      status: fc.integer({ min: 300, max: 499 }),
    }),
    fc.record(
      {
        kind: fc.constant('unsent' as const),
        cause: fc.constantFrom(...unsentCauses),
        retryAfterMs: fc.nat(1e9),
      },
      { requiredKeys: ['kind', 'cause'] },
    ),
    fc.record({ kind: fc.constant('uncertain' as const), cause: fc.constantFrom(...uncertainCauses) }),
  );
  const anySituation: fc.Arbitrary<Situation> = fc
    .record(
      {
        outcome: anyOutcome,
        attempts: fc.nat(30),
        resends: fc.nat(5),
        policy: fc.constantFrom(...Object.values(policies)),
        maxResends: fc.nat(5),
        leftMs: fc.integer({ min: -1e9, max: 1e9 }),
        messages: fc.integer({ min: 1, max: 5_000 }),
        isProbe: fc.boolean(),
        isOfRecipient: fc.boolean(),
        opensInMs: fc.integer({ min: 0, max: 7 * 24 * hour }),
        random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      },
      {
        requiredKeys: [
          'outcome',
          'attempts',
          'resends',
          'policy',
          'maxResends',
          'leftMs',
          'messages',
          'isProbe',
          'isOfRecipient',
          'random',
        ],
      },
    )
    .map(({ leftMs, opensInMs, ...rest }) => ({
      ...rest,
      now,
      startedAt: now - 100,
      missedAt: now - 100,
      deadlineAt: now + leftMs,
      ...(opensInMs === undefined ? {} : { windowOpensAt: now + opensInMs }),
    }));

  const holds = (property: (situation: Situation, verdict: Decision) => void): void => {
    fc.assert(
      fc.property(anySituation, (situation) => {
        property(situation, decide(situation));
      }),
      { numRuns: 500 },
    );
  };

  it('there is a verdict, with the rule that led to it', () => {
    holds((_, verdict) => expect(verdict.rule).not.toBe(''));
  });

  it('nothing is sent again after its deadline', () => {
    holds(({ deadlineAt }, verdict) => {
      if (verdict.kind === 'retry' || verdict.kind === 'defer')
        expect(now + verdict.delayMs).toBeLessThan(deadlineAt);
    });
  });

  it('a retry waits for 0 to 60 minutes, in whole milliseconds', () => {
    holds((_, verdict) => {
      if (verdict.kind !== 'retry') return;
      expect(Number.isInteger(verdict.delayMs)).toBe(true);
      expect(verdict.delayMs).toBeGreaterThanOrEqual(0);
      expect(verdict.delayMs).toBeLessThanOrEqual(hour);
    });
  });

  it('a message that wants to be parked is never sent again after an uncertain attempt', () => {
    holds(({ policy, outcome }, verdict) => {
      if (policy.otherwise !== 'park') return;
      if (outcome.kind === 'uncertain') expect(verdict.kind).toBe(policy.asks ? 'ask' : 'dead-letter');
      if (verdict.kind === 'retry') expect(verdict.resend).toBe(false);
    });
  });

  it('only an uncertain outcome of a message that may be asked about is asked about', () => {
    holds(({ policy, outcome }, verdict) => {
      const isUncertain = outcome.kind === 'uncertain';
      if (verdict.kind === 'ask') expect([policy.asks, outcome.kind]).not.toContain('accepted');
      if (isUncertain && policy.asks) expect(verdict.kind).toBe('ask');
      if (!policy.asks) expect(verdict.kind).not.toBe('ask');
    });
  });

  it('no message is resent more often than allowed', () => {
    holds(({ resends, maxResends }, verdict) => {
      if (verdict.kind === 'retry' && verdict.resend) expect(resends).toBeLessThan(maxResends);
    });
  });

  it('only a request of several messages is divided; never for credit, account or title', () => {
    holds(({ messages, outcome }, verdict) => {
      if (verdict.kind !== 'divide') return;
      expect(messages).toBeGreaterThan(1);
      expect(outcome.kind).toBe('refused');
      expect(['10', '11', '12', '72', '76', '77']).not.toContain(verdict.rule);
    });
  });

  it('only accepted completes, and accepted does nothing else', () => {
    holds(({ outcome }, verdict) => expect(verdict.kind === 'complete').toBe(outcome.kind === 'accepted'));
  });

  it('whatever may have been taken twice, or never answered, says so at the end', () => {
    holds(({ outcome, resends }, verdict) => {
      if (verdict.kind !== 'dead-letter') return;
      const mayHaveArrived = resends > 0 || verdict.facts.reason === 'uncertain';
      expect(verdict.facts.mayHaveArrived ?? false).toBe(mayHaveArrived);
      if (outcome.kind === 'uncertain') expect(verdict.facts.reason).toBe('uncertain');
    });
  });
});
