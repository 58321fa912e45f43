import { codeClasses, codeScopes } from '../codes/index.ts';
import { lanes, notFoundChoices, uncertainChoices } from '../message/lane.ts';
import { maxIdempotencyKeyLength, maxTitleLength } from '../message/message.ts';
import { partsModelNames } from '../message/parts-models.ts';
import { campaignStates } from '../queue/campaign.ts';
import { messageStates } from '../status/message-status.ts';

/** JSON Schema, 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const ref = (name: SchemaName): JsonSchema => ({ $ref: `${name}#` });

const text = (description: string, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  description,
  ...more,
});
const count = (description: string): JsonSchema => ({ type: 'integer', minimum: 0, description });
const time = (description: string): JsonSchema => ({
  type: 'integer',
  description: `${description}; milliseconds since 1970`,
});
const aTime = 'ISO 8601 with a time zone, such as 2030-01-31T09:00:00+03:00, or milliseconds since 1970';
const lane: JsonSchema = { type: 'string', enum: [...lanes] };

const object = (
  properties: JsonSchema,
  required: readonly string[] = Object.keys(properties),
  more: JsonSchema = {},
): JsonSchema => ({ type: 'object', properties, required: [...required], ...more });

const meta: JsonSchema = {
  type: 'object',
  description:
    'Notes of your own: they come back in status and events, at most 512 bytes as JSON. JetSMS never sees them.',
  additionalProperties: { type: ['string', 'number', 'boolean'] },
};

const sent = {
  id: text('The id of the message'),
  account: text('The account that it goes through'),
  lane,
  parts: count('SMS parts that the text takes: an assumption about what is charged'),
  sendAt: time('When it may leave'),
  deadlineAt: time('After it, it is never sent'),
};

const problemPart = object(
  {
    code: text('A stable code; /problems/{code} explains it'),
    detail: text('What is wrong and what to do, in the language that Accept-Language wishes for (en, tr)'),
    pointer: text('Where it stands in the body: a JSON pointer (RFC 6901)'),
    parameter: text('The parameter of the address that is wrong'),
    header: text('The header that is wrong'),
  },
  ['code', 'detail'],
);

export type SchemaName =
  | 'NewMessage'
  | 'Sent'
  | 'Batch'
  | 'BatchAnswer'
  | 'CampaignReceipt'
  | 'MessageStatus'
  | 'Changed'
  | 'Campaign'
  | 'Account'
  | 'Code'
  | 'PartCount'
  | 'Problem';

/** What goes over the wire, by its name in the OpenAPI document. */
export const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  NewMessage: object(
    {
      to: {
        type: ['string', 'integer'],
        description: 'A mobile number in any usual spelling; of another country with + or 00 before its code',
        examples: ['0532 123 45 67'],
      },
      text: text('What the person gets', { examples: ['Siparişiniz yola çıktı.'] }),
      account: text('The account to send through; the first that the key is for where left out'),
      title: text("The registered sender name; the account's own where left out", {
        maxLength: maxTitleLength,
      }),
      lane: { ...lane, description: 'transactional where left out' },
      sendAt: {
        type: ['string', 'integer', 'object'],
        properties: { in: text('So long from now, such as 30m or 2h') },
        description: `When to send; now where left out: ${aTime}, or a length of time: {"in": "2h"}`,
      },
      deadline: {
        type: ['string', 'integer'],
        description: `After it the message is never sent; by the lane where left out: ${aTime}, or so long after the time of sending, such as 5m`,
      },
      whenUncertain: {
        type: 'string',
        enum: [...uncertainChoices],
        description: 'What happens where the request to JetSMS got no answer; ask where left out',
      },
      whenNotFound: {
        type: 'string',
        enum: [...notFoundChoices],
        description:
          'With ask: what happens where JetSMS does not know the message; by the lane where left out',
      },
      idempotencyKey: text(
        'Sent again under the same key, nobody is texted twice; as the header Idempotency-Key',
        {
          minLength: 1,
          maxLength: maxIdempotencyKeyLength,
        },
      ),
      meta,
      reference: text('Goes to JetSMS in the field reference of the request', { maxLength: 40 }),
    },
    ['to', 'text'],
    { additionalProperties: false },
  ),
  Sent: object(sent),
  Batch: object(
    { messages: { type: 'array', minItems: 1, maxItems: 1_000, items: { $ref: 'NewMessage#' } } },
    ['messages'],
    { additionalProperties: false },
  ),
  BatchAnswer: object({
    stored: count('Messages that are stored, those of an earlier request included'),
    refused: count('Messages that are surely not'),
    uncertain: count('Messages that may be: send them again under their keys, or not at all'),
    items: {
      type: 'array',
      description: 'What became of each message, in their order',
      items: {
        anyOf: [
          object({ status: { type: 'integer', const: 202 }, ...sent, replayed: { type: 'boolean' } }, [
            'status',
            ...Object.keys(sent),
          ]),
          { $ref: 'Problem#' },
        ],
      },
    },
  }),
  CampaignReceipt: object(
    {
      campaign: text('Its name'),
      account: text('The account that it goes through'),
      lane,
      messages: count('Messages that are stored now; in a dry run, that would be'),
      parts: count('SMS parts of these: an assumption about what is charged'),
      jobs: count('Send jobs, each of which travels in one request'),
      duplicates: count('Messages of these that an earlier request had stored already'),
      refused: count('Recipients that cannot be sent to'),
      repeated: count('Recipients whose number had its message already'),
      problems: {
        type: 'array',
        description: 'The first 1,000 problems',
        items: object({
          index: count(
            'Place among the recipients, from 0; blank lines and the header of a CSV do not count',
          ),
          code: text('A stable code'),
          field: text('The field that is wrong'),
          detail: text('What is wrong and what to do'),
        }),
      },
      deadlineAt: time('After it none of the messages is sent'),
    },
    [
      'campaign',
      'account',
      'lane',
      'messages',
      'parts',
      'jobs',
      'duplicates',
      'refused',
      'repeated',
      'problems',
    ],
  ),
  MessageStatus: object(
    {
      id: text('As it was asked for'),
      state: {
        type: 'string',
        enum: Object.keys(messageStates),
        description: Object.entries(messageStates)
          .map(([state, means]) => `${state}: ${means}`)
          .join(' '),
      },
      account: text('The account'),
      lane,
      at: time('When it came to this'),
      enqueuedAt: time('When it was stored'),
      sendAt: time('When it may leave'),
      deadlineAt: time('After it, it is never sent'),
      deliveredAt: time('When it was delivered'),
      code: text("JetSMS's code, http-‹status›, or a cause"),
      meaning: text('The same in words'),
      reason: text('Why it was given up'),
      mayHaveArrived: { type: 'boolean', description: 'It was given up, but a request may have got through' },
      attempts: count('Requests that were made for it'),
      parts: { type: 'number', description: 'SMS parts' },
      messages: count('Of an id that stands for several: how many'),
      groupId: text("JetSMS's id of the request"),
      campaign: text('Its campaign'),
      key: text('Its idempotency key'),
      meta,
      to: text('The recipient, masked'),
      replayedAs: text('The message that it was replayed as, and whose state this is'),
      origins: { type: 'array', items: { type: 'string' }, description: 'The messages that it repeats' },
    },
    ['id', 'state'],
  ),
  Changed: object({
    id: text('The id of the message'),
    state: { type: 'string', enum: ['cancelled', 'rescheduled'] },
  }),
  Campaign: object(
    {
      id: text('Its name'),
      account: text('The account'),
      state: { type: 'string', enum: [...campaignStates] },
      messages: count('Enqueued so far'),
      waiting: count('Neither accepted nor dead yet'),
      accepted: count('Taken by JetSMS'),
      dead: {
        type: 'object',
        description: 'Dead letters by code, or by reason where there was none',
        additionalProperties: { type: 'integer' },
      },
      startedAt: time('When the first of its messages was stored'),
      unreadable: {
        type: 'array',
        items: { type: 'string' },
        description: 'Counts in Redis that are no numbers',
      },
    },
    ['id', 'account', 'state', 'messages', 'waiting', 'accepted', 'dead', 'startedAt'],
  ),
  Account: object({
    account: text('Its name'),
    hold: {
      anyOf: [
        { type: 'null' },
        object(
          {
            reason: text('Why it stands still'),
            mode: { type: 'string', enum: ['stopped', 'probing', 'resuming'] },
            since: time('Since when'),
            code: text('What JetSMS said'),
            lanes: { type: 'array', items: lane, description: 'Where only some lanes stand still' },
            nextProbeAt: time('When JetSMS is asked, or tried with a message, next'),
          },
          ['reason', 'mode', 'since'],
        ),
      ],
    },
    credit: {
      description: 'What the workers last heard of JetSMS; null where that is not known',
      anyOf: [
        { type: 'null' },
        object(
          {
            left: { type: 'number', description: 'What is left' },
            at: time('When JetSMS said so'),
            usedPerHour: { type: 'number' },
            hoursLeft: { type: 'number' },
            endsAt: time('When it ends at the present rate'),
            coversWaiting: { type: 'boolean', description: 'Whether it covers what waits' },
          },
          ['left', 'at', 'coversWaiting'],
        ),
      ],
    },
  }),
  Code: object(
    {
      id: text('The row: the code, except under 90, which has three'),
      code: text('As JetSMS writes it'),
      class: { type: 'string', enum: [...codeClasses] },
      scope: { type: ['string', 'null'], enum: [...codeScopes, null] },
      official: { type: 'boolean', description: 'Whether it is in the list of JetSMS' },
      description: { type: ['string', 'null'], description: "The provider's own words, Turkish" },
      meaning: text('In English'),
      action: text('What is done about it'),
      hint: text('What the operator should do'),
      source: text('Where it is known from'),
    },
    ['id', 'code', 'class', 'official', 'description', 'meaning', 'action', 'hint'],
  ),
  PartCount: object({
    model: { type: 'string', enum: [...partsModelNames, '3gpp'] },
    parts: count('SMS that the text takes'),
    characters: count('Characters'),
    encoding: text('How the text is encoded; unknown for the models of JetSMS'),
    unit: { type: 'string', enum: ['character', 'septet', 'ucs-2'] },
    units: count('What the text takes, in unit'),
    unitsPerPart: count('What one part can hold, in unit'),
    costly: {
      type: 'array',
      description: 'The characters that cost more',
      items: object({
        character: text('The character'),
        codePoint: text('As U+20AC'),
        cost: count('What each costs'),
        why: text('Why'),
        count: count('How often the text has it'),
      }),
    },
  }),
  Problem: object(
    {
      type: text('Where the code is explained, on this gateway', { format: 'uri-reference' }),
      title: text('The status in words'),
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: text('The code of the first of the errors'),
      detail: text('The first of the errors in words'),
      errors: { type: 'array', minItems: 1, items: problemPart, description: 'All that is wrong' },
      mayBeStored: {
        type: 'boolean',
        description: 'Of a 503: false where it is certain that nothing was stored or changed',
      },
      messageId: text('The id that the message has, or would have'),
      reason: text('Why Redis has refused it'),
      fields: {
        type: 'array',
        items: { type: 'string' },
        description: 'In what it differs from the first request',
      },
    },
    ['type', 'title', 'status', 'code', 'detail', 'errors'],
    { description: 'Problem details as in RFC 9457' },
  ),
};
