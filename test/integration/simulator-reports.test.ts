import { createClientAsync } from 'soap';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSimulator,
  type FaultRule,
  type ReportChange,
  type Simulator,
} from '../../src/simulator/index.ts';
import { rawPost } from '../support/raw-http.ts';
import { waitFor } from '../support/wait-for.ts';

// 20.05.2026 17:27:30 in Istanbul.
const start = Date.parse('2026-05-20T14:27:30Z');
const login = { user: 'demo', password: 'demo' };

let now = start;
let simulator: Simulator;

beforeEach(async () => {
  now = start;
  await begin();
});
afterEach(() => simulator.close());

async function begin(options: { reports?: ReportChange; lineEnd?: '\r\n' } = {}): Promise<void> {
  const accounts = ['demo', 'other'].map((username) => ({
    username,
    password: 'demo',
    titles: ['DEMO', 'BASLIK'],
    maxTextLength: 612 as const,
  }));
  simulator = createSimulator({ accounts, now: () => now, ...options });
  await simulator.listen();
}

async function restart(options: Parameters<typeof begin>[0]): Promise<void> {
  await simulator.close();
  await begin(options);
}

interface Sending {
  readonly numbers?: readonly string[];
  readonly ids?: readonly string[];
  readonly text?: string;
  readonly title?: string;
}

/** Sends over the web service with own ids; the group id. */
async function send({ numbers = ['5321234567'], ids = [], text = 'Merhaba', title = 'DEMO' }: Sending = {}) {
  const result = await call('SendSMSBroadcast_V2', {
    originator: title,
    broadcastMessage: text,
    receipents: { string: numbers },
    ...(ids.length === 0 ? {} : { messageIds: { string: ids } }),
    onlengthproblem: 'SendAllPackage',
  });
  return result ?? expect.unreachable();
}

type Row = Readonly<Record<string, string>>;

/** What an operation answers, as a client that reads the WSDL gives it: one of these, or null where it is empty. */
interface Result {
  readonly ResponseCode: string;
  readonly ResponseMessage: string;
  readonly ResponseGroupIdArray?: { readonly ResponseGroupId: readonly Row[] };
  readonly MessageReportArray?: { readonly MessageReport: readonly Row[] } | null;
  readonly ReportSMSResult?: readonly Row[];
  readonly ReportSMSDetailedResult?: readonly Row[];
}

async function call(operation: string, parameters: object): Promise<Result | null> {
  const client = await createClientAsync(`${simulator.webServiceUrl}?WSDL`);
  const [result] = await client[`${operation}Async`]({ ...login, ...parameters });
  return result?.[`${operation}Result`];
}

/** Status (and own id) of each row about these ids. */
async function askByIds(...ids: readonly string[]) {
  const result = await call('ReportSMS_V2', { messageIds: { string: ids }, status: '5' });
  const rows = result?.MessageReportArray?.MessageReport ?? [];
  return { code: result?.ResponseCode, rows: rows.map((row) => `${row['MessageId']}:${row['Status']}`) };
}

async function xmlreport(query: Record<string, string>): Promise<string> {
  const asked = new URLSearchParams({ username: 'demo', password: 'demo', status: '5', ...query });
  return (await fetch(`${simulator.reportUrl}?${asked}`)).text();
}

describe('an exclusion window', () => {
  const sending = {
    originator: 'DEMO',
    broadcastMessage: 'Merhaba',
    receipents: { string: ['5321234567'] },
    messageIds: { string: ['own-1'] },
    onlengthproblem: 'SendAllPackage',
  };

  it('takes a message at once and sends it at its end, known all the while', async () => {
    const window = { exclusionstarttime: '170000', exclusionexpiretime: '180000' };
    expect(await call('SendSMSBroadcast_V2', { ...sending, ...window })).toMatchObject({
      ResponseCode: '00',
    });
    expect(simulator.accepted[0]?.switches).toEqual(window);
    now += 30 * 60_000;
    expect((await askByIds('own-1')).rows).toEqual(['own-1:2']);
    // 18:00:01 in Istanbul.
    now += 151_000 + 60_000;
    expect((await askByIds('own-1')).rows).toEqual(['own-1:1']);
  });

  it('of which half is missing is refused', async () => {
    expect(await call('SendSMSBroadcast_V2', { ...sending, exclusionstarttime: '170000' })).toMatchObject({
      ResponseCode: '90',
    });
    expect(simulator.accepted).toEqual([]);
  });
});

describe('xmlreport', () => {
  it('has a line for each recipient, which ends with the time once it is delivered', async () => {
    const { ResponseMessage: groupid } = await send({ numbers: ['5321234567', '5331234567'] });
    expect(await xmlreport({ groupid })).toBe(`${groupid} 905321234567 2\n${groupid} 905331234567 2`);
    now += 1_000;
    expect(await xmlreport({ groupid })).toBe(
      `${groupid} 905321234567 1 20052026172731\n${groupid} 905331234567 1 20052026172731`,
    );
  });

  it('tells of messages that were sent over XML', async () => {
    const body =
      '<message-context type="smmgsd"><username>demo</username><password>demo</password>' +
      '<outbox-name>DEMO</outbox-name><text>a</text><gsmnos>5321234567</gsmnos></message-context>';
    const reply = await (await fetch(simulator.xmlUrl, { method: 'POST', body })).text();
    const groupid = reply.slice(3);
    expect(await xmlreport({ groupid })).toBe(`${groupid} 905321234567 2`);
  });

  it('shows only the status that is asked for', async () => {
    const { ResponseMessage: groupid } = await send({ numbers: ['5321234567', '5331234567', '5341234567'] });
    simulator.reports.setStatus({ groupId: groupid, to: '5321234567' }, { status: 3 });
    simulator.reports.setStatus({ groupId: groupid, to: '5331234567' }, { status: 4 });
    const numbersOf = async (status: string) =>
      (await xmlreport({ groupid, status })).split('\n').map((line) => line.split(' ')[1]);
    expect(await numbersOf('3')).toEqual(['905321234567']);
    expect(await numbersOf('4')).toEqual(['905331234567']);
    expect(await numbersOf('2')).toEqual(['905341234567']);
    expect(await numbersOf('5')).toHaveLength(3);
    expect(await numbersOf('')).toHaveLength(3);
    expect(await xmlreport({ groupid, status: '1' })).toBe('');
  });

  it('refuses a wrong login, an unknown group, one of another account, and a filter that is none', async () => {
    const { ResponseMessage: groupid } = await send();
    expect(await xmlreport({ groupid, password: 'x' })).toBe('10 wrong user');
    expect(await xmlreport({ groupid: '1' })).toBe('11 - Unrecognized GroupId');
    expect(await xmlreport({ groupid, username: 'other' })).toBe('11 - Unrecognized GroupId');
    expect(await xmlreport({ groupid, status: '6' })).toBe('99 status gecersiz');
    expect(simulator.stats().refusedByCode).toEqual({ '10': 1, '11': 2, '99': 1 });
  });

  it('ends its lines as replies do, where that is set', async () => {
    await restart({ lineEnd: '\r\n' });
    const { ResponseMessage: groupid } = await send({ numbers: ['5321234567', '5331234567'] });
    expect(await xmlreport({ groupid })).toBe(`${groupid} 905321234567 2\r\n${groupid} 905331234567 2\r\n`);
  });
});

describe('reports of the web service', () => {
  it('ReportSMS: the array and its items have the same name', async () => {
    const { ResponseMessage: groupid } = await send({ numbers: ['5321234567', '5331234567'] });
    now += 1_000;
    simulator.reports.setStatus({ groupId: groupid, to: '905331234567' }, { status: 3 });
    const common = { ID: groupid, SendDate: '20052026172730', ResponseCode: '00', SendRetryCount: '0' };
    expect(await call('ReportSMS', { groupid, status: '5' })).toEqual({
      ReportSMSResult: [
        { ...common, Phone: '905321234567', Status: '1', DeliveredDate: '20052026172731' },
        { ...common, Phone: '905331234567', Status: '3', DeliveredDate: '' },
      ],
    });
    expect(await call('ReportSMS', { groupid, status: '3' })).toMatchObject({
      ReportSMSResult: [{ Phone: '905331234567' }],
    });
  });

  it('ReportSMS: nothing about a group that is not known, and a row about nobody for a refusal', async () => {
    expect(await call('ReportSMS', { groupid: '1', status: '5' })).toBeNull();
    expect(await call('ReportSMS', { groupid: '1', status: '5', password: 'x' })).toEqual({
      ReportSMSResult: [{ ID: 'wrong user', ResponseCode: '10' }],
    });
  });

  it('ReportSMS_V2: by the own ids, in their order', async () => {
    await send({ numbers: ['5321234567', '5331234567'], ids: ['a', 'b'] });
    now += 1_000;
    simulator.reports.setStatus({ messageId: 'b' }, { status: 4 });
    const common = { SentDate: '20052026172730', ResponseCode: '00', SendRetryCount: '0' };
    const messageIds = { string: ['b', 'a'] };
    expect(await call('ReportSMS_V2', { messageIds, status: '5' })).toEqual({
      ResponseCode: '00',
      ResponseMessage: '',
      MessageReportArray: {
        MessageReport: [
          { ...common, GsmNumber: '905331234567', Status: '4', DeliveredDate: '', MessageId: 'b' },
          {
            ...common,
            GsmNumber: '905321234567',
            Status: '1',
            DeliveredDate: '20052026172731',
            MessageId: 'a',
          },
        ],
      },
    });
  });

  it('ReportSMS_V2: refuses in ResponseCode', async () => {
    const refused = await call('ReportSMS_V2', { messageIds: { string: ['a'] }, status: '5', password: 'x' });
    expect(refused).toMatchObject({ ResponseCode: '10', ResponseMessage: 'wrong user' });
  });

  it('ReportSMSDetail: finds by days, number and title, with the text', async () => {
    const { ResponseMessage: groupid } = await send({ text: '1 < 2', title: 'BASLIK' });
    await send({ numbers: ['5331234567'] });
    now += 24 * 3_600_000;
    await send();
    const search = async (change: object) => {
      const found = await call('ReportSMSDetail', { startdate: '20052026', enddate: '20052026', ...change });
      return found?.ReportSMSDetailedResult ?? [];
    };
    expect(await search({ gsmnumber: '5321234567', istext: '1' })).toEqual([
      {
        ID: groupid,
        Phone: '905321234567',
        Status: '1',
        SendDate: '20052026172730',
        DeliveredDate: '20052026172731',
        Originator: 'BASLIK',
        CreateDate: '20052026172730',
        MessageText: '1 < 2',
        ResponseCode: '00',
        SendRetryCount: '0',
      },
    ]);
    expect(await search({})).toHaveLength(2);
    expect(await search({ originator: 'BASLIK' })).toHaveLength(1);
    expect(await search({ startdate: '20052026172731', enddate: '' })).toHaveLength(1);
    expect(await search({ startdate: '', enddate: '20052026172730', istext: '0' })).toMatchObject([
      { MessageText: '' },
      { MessageText: '' },
    ]);
    expect(await search({ gsmnumber: '5399999999' })).toEqual([]);
    expect(await search({ startdate: '2026-05-20' })).toEqual([{ ID: 'tarih gecersiz', ResponseCode: '99' }]);
  });
});

describe('what becomes of messages', () => {
  it('is by the script, the same in every run', async () => {
    const run = async () => {
      await restart({
        reports: { shares: { delivered: 1, failed: 1, never: 1 }, delay: { minMs: 0, maxMs: 60_000 } },
      });
      const numbers = Array.from({ length: 60 }, (_, i) => String(5_320_000_000 + i));
      const { ResponseMessage: groupid } = await send({ numbers });
      now = start + 60_000;
      const lines = (await xmlreport({ groupid })).split('\n');
      now = start;
      return lines.map((line) => line.replace(/^\d+ /, ''));
    };
    const first = await run();
    expect(new Set(first.map((line) => line.split(' ')[1]))).toEqual(new Set(['1', '2', '3']));
    expect(await run()).toEqual(first);
  });

  it('changes for messages that are accepted from now on', async () => {
    const { ResponseMessage: before } = await send();
    simulator.reports.change({ shares: { failed: 1 }, delay: { minMs: 5_000, maxMs: 5_000 } });
    const { ResponseMessage: after } = await send();
    now += 1_000;
    expect(await xmlreport({ groupid: before })).toMatch(/ 1 \d{14}$/);
    expect(await xmlreport({ groupid: after })).toMatch(/ 2$/);
    now += 4_000;
    expect(await xmlreport({ groupid: after })).toMatch(/ 3$/);
  });

  it('has a record for each part, where that is set', async () => {
    await restart({ reports: { perPart: true } });
    const { ResponseMessage: groupid } = await send({ text: 'x'.repeat(200), ids: ['a'] });
    simulator.reports.setStatus({ messageId: 'a' }, { status: 3, part: 2 });
    expect(await xmlreport({ groupid })).toBe(`${groupid} 905321234567 2\n${groupid} 905321234567 3`);
    expect((await askByIds('a')).rows).toEqual(['a:2', 'a:3']);
  });

  it('can be set to what nobody knows, and only of messages that were accepted', async () => {
    await send({ ids: ['a'] });
    expect(simulator.reports.setStatus({ messageId: 'a' }, { status: 7 })).toBe(1);
    expect((await askByIds('a')).rows).toEqual(['a:7']);
    expect(() => simulator.reports.setStatus({ messageId: 'b' }, { status: 1 })).toThrow(
      /SIMULATOR|no accepted/,
    );
  });

  it('is forgotten by reset(), with the settings and what was asked', async () => {
    const { ResponseMessage: groupid } = await send({ ids: ['a'] });
    simulator.reports.change({ perPart: true });
    await askByIds('a');
    simulator.reset();
    expect(await xmlreport({ groupid })).toBe('11 - Unrecognized GroupId');
    expect(simulator.reports.settings().perPart).toBe(false);
    expect(simulator.reports.questions('messageId').size).toBe(0);
    expect(simulator.stats().requestsByOperation).toEqual({ xmlreport: 1 });
  });
});

describe('own ids', () => {
  it('are shown with the accepted messages', async () => {
    await send({ ids: ['a'] });
    expect(simulator.accepted).toMatchObject([{ messageId: 'a', to: '905321234567' }]);
  });

  it.each<[NonNullable<ReportChange['unknownId']>, string, readonly string[]]>([
    ['empty', '00', ['a:2']],
    ['error', '11', []],
    ['row', '00', ['a:2', 'b:0']],
    ['real', '00', ['a:2', 'b:2']],
  ])('that are not known, with %s', async (unknownId, code, rows) => {
    await restart({ reports: { unknownId } });
    await send({ ids: ['a'] });
    expect(await askByIds('a', 'b')).toEqual({ code, rows });
  });

  it('are not known to another account', async () => {
    await send({ ids: ['a'] });
    const asked = { messageIds: { string: ['a'] }, status: '5', user: 'other' };
    expect(await call('ReportSMS_V2', asked)).toMatchObject({ ResponseCode: '00', MessageReportArray: null });
  });

  it('are known after the lag only, in searches too; the group id is known at once', async () => {
    await restart({ reports: { idLagMs: 5_000, unknownId: 'row' } });
    const { ResponseMessage: groupid } = await send({ ids: ['a'] });
    now += 4_999;
    expect((await askByIds('a')).rows).toEqual(['a:0']);
    expect(await call('ReportSMSDetail', { startdate: '', enddate: '' })).toBeNull();
    expect(await xmlreport({ groupid })).toMatch(/ 1 \d{14}$/);
    now += 1;
    expect((await askByIds('a')).rows).toEqual(['a:1']);
    expect((await call('ReportSMSDetail', {}))?.ReportSMSDetailedResult).toHaveLength(1);
  });

  it('that repeat are taken again, and have the rows of every message', async () => {
    await send({ ids: ['a'] });
    await send({ ids: ['a'] });
    expect((await askByIds('a')).rows).toEqual(['a:2', 'a:2']);
  });

  it('that repeat are refused alone, where that is set', async () => {
    await restart({ reports: { repeatedId: 'refused' } });
    await send({ ids: ['a'] });
    const again = await send({ numbers: ['5331234567', '5341234567'], ids: ['a', 'b'] });
    expect(again.ResponseGroupIdArray).toMatchObject({
      ResponseGroupId: [
        { MessageId: 'a', Status: '99' },
        { MessageId: 'b', Status: '0' },
      ],
    });
    expect(Object.fromEntries(simulator.counts('messageId'))).toEqual({ a: 1, b: 1 });
  });
});

describe('faults of questions', () => {
  it('meet the operation that they name, while sends work', async () => {
    simulator.faults.add({ kind: 'status', status: 503, match: { operation: 'ReportSMS_V2' } });
    const { ResponseMessage: groupid } = await send({ ids: ['a'] });
    await expect(askByIds('a')).rejects.toThrow('Cannot parse response');
    expect(await call('ReportSMS', { groupid, status: '5' })).toMatchObject({
      ReportSMSResult: [{ Status: '2' }],
    });
    expect(await call('ReportQuota', {})).toBe('999999999');
    expect(await xmlreport({ groupid })).toMatch(/ 2$/);
  });

  it('meet every question, on both surfaces', async () => {
    simulator.faults.add({ kind: 'reply', code: '99', match: { on: 'report' } });
    const { ResponseMessage: groupid } = await send({ ids: ['a'] });
    expect(await xmlreport({ groupid })).toBe('99');
    expect((await askByIds('a')).code).toBe('99');
    expect(await call('ReportSMS', { groupid, status: '5' })).toMatchObject({
      ReportSMSResult: [{ ResponseCode: '99' }],
    });
    expect(await call('ReportSMSDetail', {})).toMatchObject({
      ReportSMSDetailedResult: [{ ResponseCode: '99' }],
    });
  });

  it.each<[FaultRule, string]>([
    [{ kind: 'hang' }, 'open'],
    [{ kind: 'reset-after-read' }, 'reset'],
    [{ kind: 'reset-before-body' }, 'reset'],
    [{ kind: 'cut-reply' }, 'end'],
  ])('%j happens to a question for reports', async (rule, expected) => {
    simulator.faults.add({ ...rule, times: 1, match: { operation: 'xmlreport' } } as FaultRule);
    await send();
    const exchange = rawPost(`${simulator.reportUrl}?username=demo&password=demo&groupid=1&status=5`, '');
    await waitFor(() => simulator.faults.list().length === 0, { what: 'the fault' });
    expect(expected === 'open' ? exchange.isOpen() : await exchange.ended).toBe(
      expected === 'open' ? true : expected,
    );
    exchange.close();
  });

  it('reset a question of the web service before its body, by the operation in its header', async () => {
    simulator.faults.add({ kind: 'reset-before-body', match: { operation: 'ReportSMS_V2' } });
    await send({ ids: ['a'] });
    await expect(askByIds('a')).rejects.toThrow();
    expect(simulator.stats().faultsInjected).toEqual({ 'reset-before-body': 1 });
  });
});

describe('what was asked', () => {
  it('is counted by operation, by id, and by the numbers that it was about, answered or not', async () => {
    const { ResponseMessage: groupid } = await send({
      numbers: ['5321234567', '5331234567'],
      ids: ['a', 'b'],
    });
    await askByIds('a', 'c');
    simulator.faults.add({ kind: 'empty-200', match: { on: 'report' } });
    await xmlreport({ groupid });
    expect(simulator.stats().requestsByOperation).toEqual({
      SendSMSBroadcast_V2: 1,
      ReportSMS_V2: 1,
      xmlreport: 1,
    });
    expect(Object.fromEntries(simulator.reports.questions('messageId'))).toEqual({ a: 1, c: 1 });
    expect(Object.fromEntries(simulator.reports.questions('groupId'))).toEqual({ [groupid]: 1 });
    expect(Object.fromEntries(simulator.reports.questions('to'))).toEqual({
      '905321234567': 2,
      '905331234567': 1,
    });
  });
});

describe('the memory of reports', () => {
  it('works where no message is kept, and is bounded', async () => {
    await simulator.close();
    simulator = createSimulator({
      keep: 'counts',
      keepReports: 2,
      accounts: [{ username: 'demo', password: 'demo' }],
    });
    await simulator.listen();
    const groups: string[] = [];
    for (let i = 0; i < 3; i += 1) groups.push((await send()).ResponseMessage);
    const answers = await Promise.all(groups.map((groupid) => xmlreport({ groupid })));
    expect(answers.map((answer) => answer.startsWith('11'))).toEqual([true, false, false]);
    expect(simulator.accepted).toEqual([]);
  });
});
