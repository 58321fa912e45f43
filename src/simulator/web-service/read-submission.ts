import { readNumber } from '../numbers.ts';
import { refusal } from '../replies.ts';
import {
  isLengthRule,
  type ProviderRefusal,
  type Submission,
  type SubmittedSwitches,
  switchNames,
} from '../submission.ts';
import type { SoapOperation } from './operations.ts';
import type { Parameters } from './read-call.ts';

/** What a send operation asks for. */
export function readSubmission({ name, result }: SoapOperation, parameters: Parameters): Submission {
  const { texts, numbers } = readMessages(name, parameters);
  const ids = parameters.list('messageIds');
  const flaw = findCountFlaw({ texts, numbers, ids }) ?? findHeaderFlaw(name, parameters, numbers);
  const rule = parameters.text('onlengthproblem');
  return {
    surface: 'web-service',
    username: parameters.text('user'),
    password: parameters.text('password'),
    title: parameters.text('originator'),
    reference: parameters.text('reference'),
    startDate: parameters.text('startdate'),
    expireDate: parameters.text('expiredate'),
    messages: numbers.map((number, i) => ({
      number,
      to: readNumber(number),
      text: texts[i] ?? '',
      ...(ids[i] === undefined ? {} : { messageId: ids[i] }),
    })),
    // The first version of the service had no such parameter; the first value is what .NET then assumes.
    lengthRule: isLengthRule(rule) ? rule : 'RejectAllPackage',
    answersPerRecipient: result === 'send-v2',
    ...(flaw === undefined ? {} : { flaw }),
    ...(name === 'SendMMS' ? { media: readMedia(parameters) } : {}),
    ...readSwitches(parameters),
  };
}

/** Our choice: switches. Every operation that sends is taken to know all of them. */
function readSwitches(parameters: Parameters): { readonly switches?: SubmittedSwitches } {
  const set = switchNames
    .map((name) => [name, parameters.text(name)] as const)
    .filter(([, value]) => value !== '');
  return set.length === 0 ? {} : { switches: Object.fromEntries(set) };
}

interface Lists {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
}

function readMessages(name: string, parameters: Parameters): Lists {
  if (name === 'SendSMSSingle') {
    const [text, number] = [parameters.text('messages'), parameters.text('receipents')];
    return { texts: text === '' ? [] : [text], numbers: number === '' ? [] : [number] };
  }
  const numbers = parameters.list('receipents');
  if (name === 'SendMMS') return { numbers, texts: numbers.map(() => parameters.text('message')) };
  const broadcast = parameters.text('broadcastMessage');
  if (!name.startsWith('SendSMSBroadcast')) return { numbers, texts: parameters.list('messages') };
  return { numbers, texts: broadcast === '' ? [] : numbers.map(() => broadcast) };
}

function findCountFlaw({
  texts,
  numbers,
  ids,
}: Lists & { ids: readonly string[] }): ProviderRefusal | undefined {
  if (texts.length === 0 || numbers.length === 0) return refusal('84');
  if (texts.length !== numbers.length) return refusal('81');
  // Our choice: message-ids. Ids that do not pair with the recipients are refused as texts that do not.
  return ids.length === 0 || ids.length === numbers.length ? undefined : refusal('81');
}

function findHeaderFlaw(
  name: string,
  parameters: Parameters,
  numbers: readonly string[],
): ProviderRefusal | undefined {
  if (name !== 'SendSMSAdvanced') return undefined;
  const headers = parameters.list('messageHeader');
  if (!/^[0-4]$/.test(parameters.text('messageType'))) return refusal('89');
  if (headers.length === 0) return refusal('87');
  if (headers.length !== numbers.length) return refusal('88');
  return headers.some((header) => header.length > 40) ? refusal('86') : undefined;
}

function readMedia(parameters: Parameters) {
  return {
    subject: parameters.text('subject'),
    contentType: parameters.text('mmsContentType'),
    channel: parameters.text('channel'),
    bytes: countBytes(parameters.text('mmsContentDataBase64')),
  };
}

/** Bytes behind the base64 text; undefined where it is none, or empty. */
function countBytes(base64: string): number | undefined {
  const compact = base64.replaceAll(/\s+/g, '');
  const isBase64 = compact !== '' && compact.length % 4 === 0 && /^[A-Za-z\d+/]+={0,2}$/.test(compact);
  if (!isBase64) return undefined;
  const padding = compact.endsWith('==') ? 2 : Number(compact.endsWith('='));
  return (compact.length / 4) * 3 - padding;
}
