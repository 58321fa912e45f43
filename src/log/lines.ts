/** The levels that lines of ours have. */
export type LineLevel = 'debug' | 'info' | 'warn' | 'error';

/** A field of a line: what it says; where it is not always there, when it is. */
export interface LineField {
  readonly says: string;
  readonly when?: string;
}

/** A kind of line: everything that the docs and the tests know of it. */
export interface Line {
  /** Several where it depends; `means` then says on what. */
  readonly levels: readonly LineLevel[];
  readonly means: string;
  readonly fields: Readonly<Record<string, LineField>>;
}

/** Fields that every line has. */
export const commonFields: Readonly<Record<string, LineField>> = {
  level: { says: '`debug`, `info`, `warn`, `error`' },
  time: { says: 'when, ISO 8601, UTC' },
  service: { says: 'always `jetsms`' },
  version: { says: 'the version of jetsms-delivery' },
  msg: { says: 'the event: the headings of this page' },
};

/** Fields of every line that speaks of an account. */
export const accountFields: Readonly<Record<string, LineField>> = {
  account: { says: "the account's name, as in the settings" },
  surface: { says: 'the surface of the account: how JetSMS is spoken to' },
};

const id: LineField = { says: "the message's id, as `send()` returned it" };
const lane: LineField = { says: 'the lane of the message' };
const code: LineField = { says: 'the JetSMS code, `http-<status>`, or the cause of no answer' };
const messages: LineField = { says: 'messages of the send job' };
const parts: LineField = { says: 'SMS parts of the send job' };
const err: LineField = {
  says: 'name, message, code, stack and causes of the error, cleared of what it quotes',
};
const problems: LineField = { says: 'what is wrong, one sentence each' };

const withoutGroupId: LineField = {
  says: '`true`',
  when: 'accepted, and the reply had no id that is certainly whole',
};

const attempt: Line['fields'] = {
  id,
  lane,
  attempt: { says: 'counted from 1 over all requests of the message' },
  outcome: { says: 'what the attempt came to: `accepted`, `refused`, `unsent`, `uncertain`' },
  code,
  meaning: { says: 'what the code means', when: 'JetSMS refused with a code' },
  groupId: { says: "JetSMS's id of the accepted request", when: 'accepted, with an id' },
  withoutGroupId,
  verdict: {
    says: 'what is done about it: `complete`, `retry`, `defer`, `ask`, `hold`, `dead-letter`, `split`',
  },
  rule: { says: 'the row of the code table, or of the decision, that the verdict comes from' },
  reason: { says: 'why the message is given up', when: 'the verdict is dead-letter' },
  delayMs: { says: 'how long until the next try', when: 'the verdict is retry, defer or ask' },
  durationMs: { says: 'how long the request took' },
  waitedMs: { says: 'from enqueueing to the request' },
  messages,
  parts,
  travelled: { says: 'messages in the same request' },
  recipient: { says: 'the first recipient, masked' },
  origin: { says: 'the id of the dead letter that it repeats', when: 'the message was replayed' },
  late: { says: '`true`', when: 'the lock was lost before the answer came' },
  resent: {
    says: 'how many send jobs go out again although they may have been taken: this one, or pieces of it',
    when: 'there are any',
  },
};

const acceptedRequest: Line['fields'] = {
  ids: { says: "the send jobs' ids; those of messages that share one go on with a dot and a number" },
  groupIds: { says: "JetSMS's ids of the accepted request; none where the reply had none" },
  withoutGroupId,
  durationMs: { says: 'how long the request took' },
  waitedMs: { says: 'from enqueueing to the request, the longest' },
  messages: { says: 'messages of these send jobs' },
  parts: { says: 'SMS parts of these send jobs' },
  travelled: { says: 'messages in the same request' },
};

const attemptLevels =
  'info; warn where the message is given up after more than a plain refusal; error for an unknown code';

const asked: Line['fields'] = {
  id,
  lane,
  code: { says: 'why the request had no answer' },
  found: { says: 'messages that JetSMS knows by the id that they had in the request' },
  notFound: { says: 'messages that it does not know' },
  noAnswer: { says: 'messages of which it said nothing that can be read' },
  asked: { says: 'questions about them so far' },
  verdict: {
    says: 'what is done about it: `complete`, `ask` (again), `retry` (sent again), `dead-letter`, `split`',
  },
  rule: { says: 'the rule that the verdict comes from' },
  delayMs: { says: 'how long until the next question, or the next request', when: 'there is one' },
  sinceMs: { says: 'since the request began' },
  messages,
  resent: {
    says: 'how many send jobs go out again although they may have been taken: this one, or pieces of it',
    when: 'there are any',
  },
};

const ended: Line['fields'] = {
  id,
  lane,
  end: { says: '`accepted`, or the reason of the dead letter' },
  messages,
  parts,
  tookMs: { says: 'from enqueueing to the end' },
};

const hold: Line['fields'] = {
  reason: { says: 'why the account is held' },
  code: { ...code, when: 'a reply led here' },
  by: { says: 'who holds it: `worker <name>`, `operator <name>` or `dashboard`' },
  note: { says: 'what the operator wrote', when: 'an operator wrote one' },
};

const flowing: Line['fields'] = {
  before: { says: 'the reason of the hold that ended', when: 'this process had seen the hold' },
};

const finding: Line['fields'] = {
  check: { says: 'what was looked at' },
  says: { says: 'what was found' },
  whatToDo: { says: 'what to do about it' },
};

/** Every line about an account, by its event. */
export const accountLines: Readonly<Record<string, Line>> = {
  'request.accepted': {
    levels: ['info'],
    means:
      'JetSMS accepted a request. Written in place of `delivery.accepted` where logAccepted is `request`, for those of its send jobs of which there is nothing more to say.',
    fields: acceptedRequest,
  },
  'delivery.accepted': {
    levels: ['info'],
    means:
      'JetSMS accepted the message. One such line per attempt of a send job, unless logAccepted is `request`.',
    fields: attempt,
  },
  'delivery.refused': {
    levels: ['info', 'warn', 'error'],
    means: `JetSMS answered with a code, or HTTP refused. Level: ${attemptLevels}.`,
    fields: attempt,
  },
  'delivery.unsent': {
    levels: ['info', 'warn'],
    means: 'Nothing has left; trying again is safe. Level: warn where the message is given up.',
    fields: attempt,
  },
  'delivery.uncertain': {
    levels: ['info', 'warn'],
    means: 'No answer came; JetSMS may have taken it. Level: warn where the message is given up.',
    fields: attempt,
  },
  'message.asked': {
    levels: ['debug', 'info'],
    means:
      'JetSMS was asked whether it has messages whose request got no answer. Level: debug where it is asked again later.',
    fields: asked,
  },
  'asking.in-vain': {
    levels: ['warn'],
    means:
      'JetSMS answers a question about an id that nobody has used as if it were a message, or not at all: what it says of messages is not believed, and nothing counts as found.',
    fields: { why: { says: '`found`: it claims to know the id; `no-answer`: it did not answer' } },
  },
  'message.reported': {
    levels: ['debug'],
    means:
      'What became of accepted messages of one send job: JetSMS said so, or did not for as long as it was asked.',
    fields: {
      id,
      lane,
      delivered: { says: 'messages that were delivered' },
      failed: { says: 'messages that were not' },
      expired: { says: 'messages that JetSMS gave up because their time was over' },
      unconfirmed: { says: 'messages of which JetSMS did not say' },
      statuses: { says: "JetSMS's statuses, as they came" },
      sinceMs: { says: 'since they were accepted' },
    },
  },
  'message.found-late': {
    levels: ['debug', 'warn'],
    means:
      'JetSMS has messages that had been given up as uncertain: they are accepted, and their dead letter is withdrawn. Level: warn where that changed something.',
    fields: {
      id,
      lane,
      status: { says: "JetSMS's status of the message" },
      acceptance: {
        says: '`settled`; `known`: it was accepted before; `gone`: a person has dealt with it, or nothing is left of it',
      },
    },
  },
  'reports.unanswered': {
    levels: ['debug', 'warn'],
    means:
      'A question for delivery reports had no answer, or the account was refused; it is asked again later. Level: warn for the first time in a row.',
    fields: { why: code },
  },
  'reports.refused': {
    levels: ['debug'],
    means:
      'JetSMS refused a question for delivery reports for what it asked: most likely it does not know the group id, or one of the ids. It is asked again later.',
    fields: { why: code },
  },
  'reports.strange': {
    levels: ['warn'],
    means:
      'Among what waits for delivery reports lay something that nobody of ours wrote. It was taken away.',
    fields: { count: { says: 'how many' } },
  },
  'message.accepted': {
    levels: ['debug'],
    means: "The send job's messages came to their good end.",
    fields: ended,
  },
  'message.dead': {
    levels: ['debug', 'warn'],
    means:
      "The send job's messages were given up and lie in the dead letters. Level: debug for a plain refusal, which has its own line; else warn.",
    fields: { ...ended, code: { ...code, when: 'there was an answer' } },
  },
  'request.split': {
    levels: ['info'],
    means: 'A request was refused because of one of its messages, and is sent again in halves.',
    fields: { messages: { says: 'messages of the request' } },
  },
  'reply.late': {
    levels: ['warn'],
    means: "A reply came after the job's lock was lost.",
    fields: {
      id,
      outcome: { says: 'what the reply came to' },
      code,
      settled: { says: 'whether it still changed the end of the message' },
    },
  },
  'lock.lost': {
    levels: ['warn'],
    means: 'Another worker has taken a job that this one held: Redis stood still, or this process did.',
    fields: { id, when: { says: '`before sending`: nothing left; `after the reply`: see reply.late' } },
  },
  'marks.unconfirmed': {
    levels: ['warn'],
    means:
      'Requests did not leave: fewer replicas of Redis than replicasToConfirm have confirmed in time that they were about to. The jobs wait a second and use no attempt.',
    fields: {
      jobs: { says: 'how many send jobs' },
      repeated: { says: 'how often the same came since the last line of it' },
    },
  },
  'account.stopped': {
    levels: ['warn'],
    means: 'The account is held until a person resumes it.',
    fields: hold,
  },
  'account.probing': {
    levels: ['warn'],
    means: 'The account is held; one message per interval is let through to see whether the reason is gone.',
    fields: hold,
  },
  'account.resuming': {
    levels: ['info'],
    means: 'The reason of the hold is gone; the pace rises step by step.',
    fields: flowing,
  },
  'account.flowing': {
    levels: ['info'],
    means: 'The account is not held any more.',
    fields: flowing,
  },
  'credit.read': {
    levels: ['debug'],
    means: "JetSMS told the account's credit. One worker asks for all.",
    fields: { credit: { says: 'SMS parts that are left' } },
  },
  'credit.unknown': {
    levels: ['debug', 'warn'],
    means:
      "JetSMS did not tell the account's credit: no gauge and no forecast, and a hold for want of credit is probed with messages. Level: warn for the first time in a row.",
    fields: { why: code },
  },
  'retention.swept': {
    levels: ['debug', 'info'],
    means:
      'Something was taken out of Redis because of its age. One worker does it for all. Level: info for dead letters.',
    fields: {
      what: { says: '`completed`, `failed` (ended send jobs) or `dead-letters`' },
      removed: { says: 'how many jobs or letters' },
      left: { says: 'letters that are as old, but half replayed or not yet settled' },
      olderThanMs: { says: 'the age from which on they go, by the settings' },
    },
  },
  'redis.error': {
    levels: ['error'],
    means: 'Redis does not answer as it should. The same error has one line in ten seconds.',
    fields: { err, repeated: { says: 'how often it came since its last line' } },
  },
  'unexpected.error': {
    levels: ['error'],
    means: 'A bug of ours: please report it.',
    fields: { err, where: { says: 'what was being done' } },
  },
};

const address: LineField = {
  says: "the caller's address; behind a proxy of dashboardTrustedProxies, the one that the proxy tells",
};

const change: Line['fields'] = {
  user: { says: 'whose login it was', when: 'the dashboard asks for a login' },
  address,
  operation: { says: 'method and route' },
  queue: { says: 'the queue; `?` where there is none of this name', when: 'it was about one' },
  job: { says: 'the id of the job; `?` where it is not of our form', when: 'it was about one' },
  status: { says: "the answer's HTTP status" },
};

const clock: Line['fields'] = {
  skewMs: { says: "how far the clock is ahead of Redis' (negative: behind)" },
  maxSkewMs: { says: 'how far it may be: maxClockSkewMs' },
};

/** Every line of the dashboard, by its event. Its `redis.error` names no account. */
export const gatewayLines: Readonly<Record<string, Line>> = {
  'gateway.started': {
    levels: ['info'],
    means: 'The gateway takes requests.',
    fields: { url: { says: 'where' }, tls: { says: 'whether it speaks TLS itself' } },
  },
  'gateway.warning': {
    levels: ['warn'],
    means: 'Something about the gateway works but is probably not meant.',
    fields: { warning: { says: 'the sentence' } },
  },
  'gateway.request': {
    levels: ['info', 'warn'],
    means: 'A request was answered. Level: warn where the status is 500 or more.',
    fields: {
      operation: { says: 'what was asked, as in the OpenAPI document; `other` for whatever is not there' },
      status: { says: 'the HTTP status' },
      tookMs: { says: 'how long it took' },
      key: { says: 'the name of the API key, long runs of digits masked', when: 'a key was right' },
      code: { says: 'the code of the problem', when: 'it was refused' },
    },
  },
  'gateway.key-refused': {
    levels: ['warn'],
    means: 'Somebody came with an API key that is unknown, revoked or expired.',
    fields: {
      address: {
        says: "the caller's address; behind a proxy of gatewayTrustedProxies, the one that the proxy tells",
      },
    },
  },
  'gateway.failed': {
    levels: ['error'],
    means: 'A request failed in a way that nobody has foreseen: a bug.',
    fields: { err, operation: { says: 'what was asked' } },
  },
  'gateway.ended': { levels: ['info'], means: 'The gateway takes requests no more.', fields: {} },
};

export const dashboardLines: Readonly<Record<string, Line>> = {
  'dashboard.started': {
    levels: ['info'],
    means: 'The dashboard is served.',
    fields: {
      url: { says: 'where' },
      writable: { says: 'whether it may change queues' },
      login: { says: 'whether it asks for a login' },
    },
  },
  'dashboard.ended': { levels: ['info'], means: 'The dashboard is served no more.', fields: {} },
  'dashboard.login-refused': {
    levels: ['warn'],
    means: 'Somebody came with a wrong login.',
    fields: { address },
  },
  'dashboard.changed': {
    levels: ['info'],
    means: 'Somebody changed something on the dashboard.',
    fields: change,
  },
  'dashboard.change-refused': {
    levels: ['warn'],
    means: 'Somebody wanted to change something on the dashboard, and it was not done.',
    fields: change,
  },
  'dashboard.failed': {
    levels: ['error'],
    means: 'A page of the dashboard could not be made.',
    fields: { err },
  },
};

const webhookTry: Line['fields'] = {
  endpoint: { says: "the endpoint's name, as in the settings" },
  id: { says: "the delivery's id: the request's `webhook-id`" },
  events: { says: 'how many events it carries' },
  attempt: { says: 'which try it was, from 1' },
  code: { says: '`http-<status>`, the cause of no answer, or `unreadable`' },
  durationMs: { says: 'how long the request took' },
};

/** Every line about the process, by its event. */
export const processLines: Readonly<Record<string, Line>> = {
  'webhook.delivered': {
    levels: ['debug'],
    means: 'A webhook endpoint took a delivery.',
    fields: webhookTry,
  },
  'webhook.failed': {
    levels: ['warn'],
    means: 'A webhook endpoint did not take a delivery. It is tried again.',
    fields: { ...webhookTry, delayMs: { says: 'how long until the next try' } },
  },
  'webhook.dead': {
    levels: ['error'],
    means:
      'A delivery was given up: it was tried for 24 hours, the endpoint is gone, or nobody of ours wrote it (`unreadable`). `jetsms webhooks replay` tries it again.',
    fields: webhookTry,
  },
  'webhook.ended': {
    levels: ['error'],
    means:
      'A webhook endpoint has said that it is gone (410). Nothing is sent to it until `jetsms webhooks resume`, or until it has another address.',
    fields: { endpoint: { says: "the endpoint's name, as in the settings" } },
  },
  'webhook.resumed': {
    levels: ['info'],
    means: 'Somebody has switched a webhook endpoint on again.',
    fields: { endpoint: { says: "the endpoint's name, as in the settings" } },
  },
  'webhook.redis': {
    levels: ['error'],
    means:
      'Redis does not answer the webhooks of this process as it should; they wait for it. The same error has one line in ten seconds.',
    fields: { err, repeated: { says: 'how often it came since its last line' } },
  },
  'webhook.events': {
    levels: ['warn'],
    means: 'Something is wrong with the events that a webhook endpoint is told of.',
    fields: {
      endpoint: { says: "the endpoint's name, as in the settings" },
      problem: {
        says: '`unreadable`: an entry that nobody of ours wrote was passed over; `trimmed`: entries were dropped before they were delivered; `group-lost`: the group had vanished, and was made again',
      },
      account: { says: 'whose events' },
      entryId: { says: "the entry's id in the stream", when: 'the problem is unreadable' },
      entries: { says: 'how many', when: 'the problem is trimmed' },
    },
  },
  'log.lost': {
    levels: ['warn'],
    means: 'Whoever reads these lines stood still for so long that some were left out here.',
    fields: { lines: { says: 'how many' } },
  },
  'settings.warning': {
    levels: ['warn'],
    means: 'A setting works but is probably not meant.',
    fields: { warning: { says: 'the sentence' } },
  },
  'redis.warning': {
    levels: ['warn'],
    means: 'This Redis could be safer. `jetsms doctor` says the same.',
    fields: finding,
  },
  'endpoint.warning': {
    levels: ['warn'],
    means: 'The endpoint of an account could not be reached at start. `jetsms doctor` says the same.',
    fields: { ...finding, account: { says: "the account's name" } },
  },
  'login.warning': {
    levels: ['warn', 'error'],
    means:
      'JetSMS did not take the login of an account at start, or does not have its title: its messages would be refused. One of the workers that start together looks; `jetsms doctor` says the same. Level: error where JetSMS said so.',
    fields: { ...finding, account: { says: "the account's name" } },
  },
  'health.listening': {
    levels: ['info'],
    means: 'The health pages are served.',
    fields: { url: { says: 'where' } },
  },
  'health.green': { levels: ['info'], means: '`/readyz` is green.', fields: {} },
  'health.red': { levels: ['warn'], means: '`/readyz` has turned red.', fields: { problems } },
  'health.ending': {
    levels: ['error'],
    means: 'It has been red for too long: the worker ends itself, so that its supervisor starts it anew.',
    fields: { problems, exitAfterMs: { says: 'how long is too long: unhealthyExitAfterMs' } },
  },
  'clock.wrong': {
    levels: ['error'],
    means:
      "This machine's clock is further from Redis' than maxClockSkewMs: the worker takes nothing until it is set right. What it had in hand is finished or given back.",
    fields: clock,
  },
  'clock.right': {
    levels: ['info'],
    means: "This machine's clock is near enough to Redis' again: the worker goes on.",
    fields: clock,
  },
  'worker.started': {
    levels: ['info'],
    means: 'Jobs are being taken.',
    fields: { worker: { says: "this worker's name" }, accounts: { says: 'the names of its accounts' } },
  },
  'shutdown.started': {
    levels: ['info'],
    means: 'The worker was told to end: it takes nothing new.',
    fields: { timeoutMs: { says: 'how long it may take' } },
  },
  'shutdown.clean': { levels: ['info'], means: 'Every request got its answer or its time-out.', fields: {} },
  'shutdown.forced': {
    levels: ['error'],
    means: 'It took too long; what was under way is judged when it is taken again.',
    fields: {},
  },
};
