import type { LengthRule } from '../message/length-rule.ts';
import type { PartsModel } from '../message/parts-models.ts';
import type { SurfaceName } from '../message/surface.ts';
import type { MmsWindow } from './mms-windows.ts';
import type { PerLane } from './per-lane.ts';

/** Everything that the worker needs to know of one JetSMS account. Built by `parseSettings`. */
export interface AccountSettings {
  readonly name: string;
  readonly surface: SurfaceName;
  /** Of the web service: `v2` carries our message ids and answers per recipient; `v1` is for accounts without it. */
  readonly webServiceOperations: 'v2' | 'v1';
  /** Of the web service: what becomes of a text that is too long. */
  readonly onLengthProblem: LengthRule;
  /** Of the web service: sends by SendSMSAdvanced; '' = not (unless there is a messageHeader). */
  readonly messageType: MessageType | '';
  /** Of the web service: sends by SendSMSAdvanced; '' = not (unless there is a messageType). */
  readonly messageHeader: string;
  /** Endpoint of the account's surface; '' where not set (never with the need `credentials`). */
  readonly url: string;
  /** Where reports are asked for; '' = the place that follows from `url`. */
  readonly reportUrl: string;
  /** Of XML: the web service of the same login, in which messages are searched; '' = none. */
  readonly webServiceUrl: string;
  /** '' where not set (never with the need `credentials`); likewise `password`. */
  readonly username: string;
  readonly password: string;
  /** The sender title used where a message names none; '' where there is none. */
  readonly title: string;
  readonly charset: 'utf-8' | 'iso-8859-9';
  readonly maxTextLength: 160 | 306 | 459 | 612;
  /** How SMS parts are counted: an assumption about what JetSMS charges. */
  readonly partsModel: PartsModel;
  /** The proxy that JetSMS is reached through, perhaps with a login in it; '' = none. Holds a password: `shownProxyAddress`. */
  readonly proxyUrl: string;
  /** Hosts and networks that are reached without it. */
  readonly noProxy: readonly string[];
  /** Whether HTTPS_PROXY, HTTP_PROXY and NO_PROXY count; what they say is in the two above then. */
  readonly proxyFromEnvironment: boolean;
  /** In PEM, trusted besides what Node trusts; '' = none. */
  readonly providerCa: string;
  /** How long an idle connection is kept; 0 = a connection for each request. */
  readonly keepAliveMs: number;
  /** Of the web service, and for each lane: JetSMS's switch of this name; likewise the next six. */
  readonly channel: PerLane;
  readonly blacklistFilter: PerLane;
  readonly iysFilter: PerLane;
  readonly iysCode: PerLane;
  readonly iysBrandCode: PerLane;
  readonly iysRecipientType: PerLane;
  /** Hours in which JetSMS keeps accepted messages back, as `HH:MM-HH:MM`, Europe/Istanbul. */
  readonly exclusionWindow: PerLane;
  /** Requests in flight per worker process. */
  readonly connections: number;
  /** Jobs that one worker process holds at a time. */
  readonly concurrency: number;
  /** Single sends of one title that may travel in one request. */
  readonly batchSize: number;
  /** The longest that a single send waits for company; lane otp never does. */
  readonly batchWaitMs: number;
  /** Requests of `connections` that only lane otp may use. */
  readonly connectionsForOtp: number;
  /** Send jobs beyond `concurrency` that only lane otp may fill; 0 = none. */
  /** Over all workers together; 0 = no limit of ours. */
  readonly messagesPerSecond: number;
  /** Over all workers together; 0 = no limit of ours. */
  readonly requestsPerSecond: number;
  readonly connectTimeoutMs: number;
  /** From the request written to the reply's first byte. */
  readonly headersTimeoutMs: number;
  /** Between two pieces of the reply's body. */
  readonly bodyTimeoutMs: number;
  /** The whole request, from connect to the last byte of the reply. */
  readonly requestTimeoutMs: number;
  readonly maxReplyBytes: number;
  /** Before a held account is probed first; the waits grow from there. */
  readonly probeIntervalMs: number;
  /** The longest wait between two probes. */
  readonly maxProbeIntervalMs: number;
  /** Unsent requests in a row until the endpoint counts as unreachable. */
  readonly unreachableAfter: number;
  /** Messages a second right after a hold has ended. */
  readonly resumeRatePerSecond: number;
  /** When MMS may be sent, Europe/Istanbul; empty = not known. */
  readonly mmsWindows: readonly MmsWindow[];
  /** MIME types of media that an MMS may carry. */
  readonly mmsContentTypes: readonly string[];
  /** The largest medium of an MMS, before it is written as base64. */
  readonly mmsMaxBytes: number;
  /** Before JetSMS is asked first about a message whose request got no answer; the waits double from there. */
  readonly askFirstMs: number;
  /** How long it is asked about before `whenNotFound` applies. */
  readonly askForMs: number;
  /** The same for lane otp. */
  readonly askForOtpMs: number;
  /** How often the credit is asked for, over all workers together; 0 = never. */
  readonly creditIntervalMs: number;
  readonly reports: ReportsChoice;
  /** The first question for a report comes so long after the acceptance; the others at growing intervals. */
  readonly reportFirstMs: number;
  /** The longest pause between two questions about the same message. */
  readonly reportIntervalMs: number;
  /** A message of which nothing final is known after so long is unconfirmed. */
  readonly reportForMs: number;
  /** Questions for reports, of all workers of the account together. */
  readonly reportsPerSecond: number;
}

/** Which accepted messages are asked about. */
export const reportsChoices = ['all', 'otp+transactional', 'none'] as const;
export type ReportsChoice = (typeof reportsChoices)[number];

/** The kinds of message of the web service, by the words of its numbers 0 to 4. */
export const messageTypes = ['text', 'binary', 'wap-push', 'flash', 'unicode'] as const;
export type MessageType = (typeof messageTypes)[number];
