import { lengthRules } from '../message/length-rule.ts';
import { mediaRules } from '../message/media.ts';
import { defaultPartsModel, partsModelNames } from '../message/parts-models.ts';
import { surfaceNames } from '../message/surface.ts';
import { type AccountSettings, messageTypes, reportsChoices } from './account.ts';
import { switchRows } from './account-switch-table.ts';
import { wayRows } from './account-way-table.ts';
import {
  contentTypes,
  httpUrl,
  milliseconds,
  mmsWindows,
  oneOf,
  oneOfNumbers,
  text,
  wholeNumber,
} from './kinds.ts';
import type { SettingRows } from './setting.ts';

const second = 1000;
const minute = 60 * second;

/** The settings of an account: in the configuration file per account, in the environment for all of them. */
export const accountRows: SettingRows<Omit<AccountSettings, 'name'>> = {
  surface: {
    kind: oneOf(surfaceNames),
    default: 'xml',
    meaning: 'How JetSMS is spoken to: its XML interface or its SOAP web service.',
    consequence: 'The two have different addresses: url must fit.',
    example: 'xml',
  },
  webServiceOperations: {
    kind: oneOf(['v2', 'v1']),
    default: 'v2',
    meaning: 'Of the web service: which generation of its operations is called.',
    consequence:
      'v2 carries our message ids and answers for each recipient by itself; v1 is for accounts that do not have it, and answers for a request as a whole.',
    example: 'v2',
  },
  onLengthProblem: {
    kind: oneOf(lengthRules),
    default: 'RejectAllPackage',
    meaning:
      'Of the web service: what JetSMS does with a request in which a text is too long for the account.',
    consequence:
      'RejectAllPackage refuses it; SendAllPackage sends long texts in several parts, at their price; SendOtherMessages leaves the long ones out, and with v1 nobody is told which.',
    example: 'RejectAllPackage',
  },
  messageType: {
    kind: oneOf(messageTypes),
    default: '',
    meaning: 'Of the web service: the kind of every message (its numbers 0 to 4), sent by SendSMSAdvanced.',
    consequence:
      'With it, or with messageHeader, JetSMS answers for a request as a whole, whatever webServiceOperations says.',
    example: 'flash',
  },
  messageHeader: {
    kind: text(40),
    default: '',
    meaning: 'Of the web service: the message header of every message, sent by SendSMSAdvanced.',
    consequence: 'What JetSMS does with it is not public; only set it where JetSMS told you to.',
    example: 'campaign',
  },
  url: {
    kind: httpUrl,
    default: '',
    need: 'credentials',
    meaning: "The endpoint of the account's surface.",
    consequence: 'With http:// the password travels in clear text. Redirects are not followed.',
    example: 'https://service.jetsms.com.tr/SMS-Web8/xmlsms',
  },
  reportUrl: {
    kind: httpUrl,
    default: '',
    meaning:
      'The endpoint for delivery reports, where it does not lie at its usual place: xmlreport beside xmlsms, or the address of the web service itself.',
    consequence: 'Login and group ids travel there. A wrong one: no reports come.',
    example: 'https://service.jetsms.com.tr/SMS-Web/xmlreport',
  },
  webServiceUrl: {
    kind: httpUrl,
    default: '',
    meaning:
      'Of the XML surface: the address of the web service, where the same login may use it; then a message without an answer is searched there by day, number, title and text.',
    consequence:
      'Our choice, off by default: how JetSMS searches is not public. A message counts as found only where number, title and text are equal.',
    example: 'https://api.jetsms.com.tr/ws/soapSMS.asmx',
  },
  username: {
    kind: text(128),
    default: '',
    need: 'credentials',
    meaning: 'The user name of the JetSMS account.',
    consequence: 'A wrong one is answered with code 10, and holds the account.',
    example: 'my-company',
  },
  password: {
    kind: text(256),
    default: '',
    need: 'credentials',
    secret: true,
    meaning: 'The password of the JetSMS account.',
    consequence: 'A wrong one is answered with code 10, and holds the account. Better as a file.',
    example: 'correct-horse',
  },
  title: {
    kind: text(40),
    default: '',
    meaning: 'The sender title of messages that name none.',
    consequence:
      'JetSMS must have approved it, or it answers with code 12. Without it every message must name its own.',
    example: 'MYCOMPANY',
  },
  charset: {
    kind: oneOf(['utf-8', 'iso-8859-9']),
    default: 'utf-8',
    meaning: 'The character set in which requests are written.',
    consequence: 'In iso-8859-9 a text with any other character (an emoji, a curly quote) is refused.',
    example: 'utf-8',
  },
  maxTextLength: {
    kind: oneOfNumbers([160, 306, 459, 612]),
    default: 160,
    meaning:
      'The longest text that the account may send: 160 (1 SMS), 306 (2), 459 (3) or 612 (4) characters.',
    consequence:
      'JetSMS sets it for each account, and answers code 85 to a longer text; larger than JetSMS has it, every long message becomes a dead letter.',
    example: '612',
  },
  partsModel: {
    kind: oneOf(partsModelNames),
    default: defaultPartsModel,
    meaning: 'How the SMS parts of a text are counted, in receipts, metrics and the forecast of the credit.',
    consequence:
      'An assumption about what JetSMS charges, which is not public; no text is sent or refused by it. docs/parts.md names who counts how; compare with the invoice. Backend apps give the same to createProducer().',
    example: 'operator-code',
  },
  ...switchRows,
  ...wayRows,
  connections: {
    kind: wholeNumber(1, 1000),
    default: 32,
    meaning: 'Requests in flight at the same time, for each worker process.',
    consequence:
      'Too small: slow. Too large: JetSMS may slow down or refuse. What it allows is unknown: our choice.',
    example: '32',
  },
  concurrency: {
    kind: wholeNumber(1, 5000),
    default: 500,
    meaning: 'Send jobs of each lane that one worker process holds at the same time.',
    consequence:
      'Below connections, connections stay unused. Far above, urgent messages queue behind jobs already taken.',
    example: '500',
  },
  batchSize: {
    kind: wholeNumber(1, 10_000),
    default: 100,
    meaning: 'Messages of single sends of one title that may travel in one request.',
    consequence:
      'Larger: fewer requests. A request without an answer is uncertain for all its messages. 1 = each message by itself.',
    example: '100',
  },
  batchWaitMs: {
    kind: wholeNumber(0, 10_000),
    default: 5,
    meaning:
      'The longest that a single send waits for others while requests are under way, in milliseconds; lane otp never waits.',
    consequence:
      'Larger: fuller requests, later messages. 0 = take only what is already there. Where nothing is under way, nothing waits.',
    example: '5',
  },
  connectionsForOtp: {
    kind: wholeNumber(0, 1000),
    default: 4,
    meaning: 'Requests of `connections` that only lane otp may use.',
    consequence:
      'So an OTP leaves at once though bulk keeps all others busy. At least one request stays for the other lanes.',
    example: '4',
  },
  messagesPerSecond: {
    kind: wholeNumber(0, 1_000_000),
    default: 0,
    meaning: 'Messages a second, over all workers together.',
    consequence:
      'Set it where JetSMS limits the account. Lane otp goes first, bulk takes what is left. 0 = no limit of ours.',
    example: '200',
  },
  requestsPerSecond: {
    kind: wholeNumber(0, 100_000),
    default: 0,
    meaning: 'Requests a second, over all workers together.',
    consequence: 'Set it where JetSMS limits the account. 0 = no limit of ours.',
    example: '20',
  },
  connectTimeoutMs: {
    kind: milliseconds(100, minute),
    default: 5 * second,
    meaning: 'The longest that a connection may take, TLS included.',
    consequence: 'After it nothing was sent, so the message is tried again safely.',
    example: '5000',
  },
  headersTimeoutMs: {
    kind: milliseconds(100, 10 * minute),
    default: 20 * second,
    meaning: 'The longest wait for the first byte of the reply after the request was written.',
    consequence: 'After it the attempt is uncertain: too small makes uncertain what was only slow.',
    example: '20000',
  },
  bodyTimeoutMs: {
    kind: milliseconds(100, 10 * minute),
    default: 10 * second,
    meaning: "The longest wait between two pieces of the reply's body.",
    consequence: 'After it the attempt is uncertain.',
    example: '10000',
  },
  requestTimeoutMs: {
    kind: milliseconds(100, 20 * minute),
    default: 30 * second,
    meaning: 'The longest that a request may take, from connect to the last byte of the reply.',
    consequence: 'The smaller limit wins. Must be less than half of lockDurationMs.',
    example: '30000',
  },
  maxReplyBytes: {
    kind: wholeNumber(64, 10_485_760),
    default: 4_194_304,
    meaning: 'The longest reply that is read, in bytes.',
    consequence:
      'A longer one is cut off there: the attempt is uncertain, unless what came says already what became of it. XML replies have less than 200 bytes; the web service answers with about 200 bytes for each recipient of a request.',
    example: '4194304',
  },
  probeIntervalMs: {
    kind: milliseconds(second, 60 * minute),
    default: 10 * second,
    meaning:
      'How long after the beginning of a hold JetSMS is probed first; each wait is half as long again.',
    consequence:
      'A probe is the question for the credit, which sends nothing; where that says yes, or cannot be asked, one message. Too small: many questions. Too large: messages wait longer after the cause is mended.',
    example: '10000',
  },
  maxProbeIntervalMs: {
    kind: milliseconds(second, 60 * minute),
    default: 10 * minute,
    meaning: 'The longest wait between two probes of a held account.',
    consequence:
      'After a long outage, messages wait up to so long once it has ended; `jetsms resume <account>` probes at once.',
    example: '600000',
  },
  unreachableAfter: {
    kind: wholeNumber(1, 1000),
    default: 5,
    meaning: 'Requests in a row that could not be sent until the endpoint counts as unreachable.',
    consequence:
      'Then the account is held and probed. Too small: one hiccup holds it. Too large: more retries.',
    example: '5',
  },
  resumeRatePerSecond: {
    kind: wholeNumber(1, 100_000),
    default: 50,
    meaning: 'Send jobs a second right after a hold has ended.',
    consequence: 'Keeps a backlog from striking JetSMS at once. Too small: the backlog takes longer.',
    example: '50',
  },
  mmsWindows: {
    kind: mmsWindows,
    default: [],
    meaning: 'When MMS may be sent, Europe/Istanbul.',
    consequence:
      'An MMS refused with code 204 waits for the next opening; without windows, for the delay of that code.',
    example: 'Mon-Sat 09:00-21:00, Sun 10:00-18:00',
  },
  mmsContentTypes: {
    kind: contentTypes,
    default: mediaRules.contentTypes,
    meaning: 'The content types that an MMS may carry; checked before it is enqueued.',
    consequence:
      'The default is our choice: what JetSMS takes is not public. A type that it does not take is answered with code 202.',
    example: 'image/jpeg, image/png',
  },
  mmsMaxBytes: {
    kind: wholeNumber(1, 10_485_760),
    default: mediaRules.maxBytes,
    meaning: 'The largest medium of an MMS, in bytes before base64; checked before it is enqueued.',
    consequence:
      'The default (300 KB) is our choice: what JetSMS takes is not public. A larger one than JetSMS takes is answered with code 203.',
    example: '307200',
  },
  askFirstMs: {
    kind: milliseconds(10, 10 * minute),
    default: 2 * second,
    meaning:
      'How long after a request without an answer JetSMS is asked first whether it has the message; each wait is twice as long, up to five minutes. Only of the web service with webServiceOperations v2.',
    consequence:
      'The default is our choice: how soon JetSMS knows a message is not public. Each wait is shortened at random by up to half. Too small: questions in vain.',
    example: '2000',
  },
  askForMs: {
    kind: milliseconds(second, 72 * 60 * minute),
    default: 60 * minute,
    meaning:
      'How long JetSMS is asked about a message whose request got no answer, before what the message says (whenNotFound) is done.',
    consequence:
      'Too small: people decide about messages that JetSMS would have known a little later. Too large: a lost message is found out later.',
    example: '3600000',
  },
  askForOtpMs: {
    kind: milliseconds(100, 10 * minute),
    default: 20 * second,
    meaning: 'The same for lane otp, whose messages are then sent again unless they say otherwise.',
    consequence: 'Too small: second codes. Too large: a code that was lost comes late.',
    example: '20000',
  },
  creditIntervalMs: {
    kind: wholeNumber(0, 24 * 60 * minute),
    default: 5 * minute,
    meaning: 'How often JetSMS is asked for the credit, in milliseconds, over all workers together.',
    consequence:
      'Asking sends nothing and costs nothing. A held account is asked before a message tries. 0 = never ask: no credit gauge, no forecast, no check of login and titles at start, and a held account is tried with a message at once.',
    example: '300000',
  },
  reports: {
    kind: oneOf(reportsChoices),
    default: 'all',
    meaning: 'Which accepted messages are asked about until JetSMS says what became of them.',
    consequence:
      'Asking sends nothing. With none, nobody learns whether a phone got a message; a waiting report takes up to 300 bytes of Redis memory, and up to 60 for each recipient of a campaign.',
    example: 'otp+transactional',
  },
  reportFirstMs: {
    kind: milliseconds(1_000, 24 * 60 * minute),
    default: 30 * second,
    meaning: 'How long after its acceptance a message is first asked about; after that at growing intervals.',
    consequence: 'Sooner costs more questions: most phones answer within two minutes.',
    example: '30000',
  },
  reportIntervalMs: {
    kind: milliseconds(10 * second, 24 * 60 * minute),
    default: 3 * 60 * minute,
    meaning:
      'The longest pause between two questions about the same message: the pauses double from reportFirstMs up to it.',
    consequence:
      'Shorter: late deliveries are known sooner, by more questions. With the defaults a message that stays without a report is asked about some 30 times.',
    example: '10800000',
  },
  reportForMs: {
    kind: milliseconds(minute, 14 * 24 * 60 * minute),
    default: 72 * 60 * minute,
    meaning: 'How long a message is asked about. After that it is unconfirmed.',
    consequence: "JetSMS's own limit is not public. Not longer than keepStatusMs.",
    example: '259200000',
  },
  reportsPerSecond: {
    kind: wholeNumber(1, 1_000),
    default: 5,
    meaning: 'The most questions for reports in a second, over all workers together.',
    consequence:
      "One question is about a whole request, or up to a hundred messages. JetSMS's limits are not public.",
    example: '5',
  },
};
