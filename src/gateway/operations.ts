import { lanes, notFoundChoices, uncertainChoices } from '../message/lane.ts';
import type { GatewayOperation } from '../metrics/labels.ts';
import { campaignTextHeader } from './campaign-options.ts';
import { type JsonSchema, ref, type SchemaName } from './schemas.ts';
import type { Right } from './scope.ts';

/** An operation of the gateway: what its route, its OpenAPI entry and its metrics are made of. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As Fastify writes it. */
  readonly url: string;
  /** What an API key must be for; any key will do where left out. */
  readonly right?: Right;
  readonly schema: JsonSchema;
}

type Named = Exclude<GatewayOperation, 'other'>;

const problem: JsonSchema = {
  description: 'It was not done; the problem says why',
  content: { 'application/problem+json': { schema: ref('Problem') } },
};

const json = (schema: JsonSchema): JsonSchema => ({ content: { 'application/json': { schema } } });

const answers = (
  status: number,
  name: SchemaName | JsonSchema,
  description: string,
  headers?: JsonSchema,
): JsonSchema => ({
  [status]: {
    description,
    ...(headers ? { headers } : {}),
    ...json(typeof name === 'string' ? ref(name) : name),
  },
  '4xx': problem,
  '5xx': problem,
});

const replayed: JsonSchema = {
  'Idempotent-Replayed': {
    type: 'string',
    enum: ['true'],
    description: 'There where an earlier request under the same key has stored it',
  },
};

const parameters = (properties: JsonSchema, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: [...required],
});

const text = (description: string): JsonSchema => ({ type: 'string', description });
const path = (name: string, description: string): JsonSchema =>
  parameters({ [name]: text(description) }, [name]);
const account = text('The account; the first that the key is for where left out');
const key = parameters({
  'idempotency-key': text(
    'Names what is sent in your system, so that sending it again texts nobody twice. ASCII; at most 256 characters',
  ),
});
const id = path('id', 'The id of the message');
const campaignId = path('id', 'The name of the campaign');
const bearer = [{ key: [] }];

/** All that the gateway does under an API key. */
export const operations: Readonly<Record<Named, Operation>> = {
  sendMessage: {
    method: 'POST',
    url: '/v1/messages',
    right: 'send',
    schema: {
      operationId: 'sendMessage',
      tags: ['messages'],
      summary: 'Send a message',
      description:
        'Answers 202 once Redis has stored it: from then on it ends accepted, or as a dead letter that says why.',
      security: bearer,
      headers: key,
      body: json(ref('NewMessage')),
      response: answers(202, 'Sent', 'It is stored', replayed),
    },
  },
  sendBatch: {
    method: 'POST',
    url: '/v1/messages/batch',
    right: 'send',
    schema: {
      operationId: 'sendBatch',
      tags: ['messages'],
      summary: 'Send up to 1,000 messages',
      description:
        'Each message is stored or refused for itself. Under an Idempotency-Key each message without a key of its own has the key ‹key›/‹place from 0›.',
      security: bearer,
      headers: key,
      body: json(ref('Batch')),
      response: answers(207, 'BatchAnswer', 'What became of each message'),
    },
  },
  sendCampaign: {
    method: 'POST',
    url: '/v1/campaigns',
    right: 'send',
    schema: {
      operationId: 'sendCampaign',
      tags: ['campaigns'],
      summary: 'Send to any number of recipients',
      description:
        'The body is read while it comes, in bounded memory. Sent again with the same name and the same list after it broke off, only what was missing is added.',
      security: bearer,
      querystring: parameters(
        {
          campaign: text('Its name: the same each time it is sent'),
          account,
          title: text("The registered sender name; the account's own where left out"),
          lane: { type: 'string', enum: [...lanes], description: 'bulk where left out' },
          sendAt: text('When to send; now where left out'),
          deadline: text('After it nothing is sent; by the lane where left out'),
          whenUncertain: { type: 'string', enum: [...uncertainChoices] },
          whenNotFound: { type: 'string', enum: [...notFoundChoices] },
          reference: text('Goes to JetSMS in the field reference of each request'),
          allowRepeats: { type: 'boolean', description: 'Send to a number as often as it is there' },
          dryRun: { type: 'boolean', description: 'Check and count everything, store nothing' },
        },
        ['campaign'],
      ),
      headers: parameters({
        [campaignTextHeader]: text(
          'The one text for all, UTF-8 and percent-encoded; a recipient may have a text of its own',
        ),
      }),
      body: {
        content: {
          'application/x-ndjson': {
            schema: {
              type: 'string',
              description: 'A recipient a line: a number, or an object with to, and perhaps text and meta',
            },
          },
          'text/csv': {
            schema: {
              type: 'string',
              description:
                'UTF-8, with a header line: a column to, perhaps text, and columns such as meta.orderId; separated by semicolon, comma or tab',
            },
          },
        },
      },
      response: answers(202, 'CampaignReceipt', 'All of it is stored that can be sent'),
    },
  },
  getMessage: {
    method: 'GET',
    url: '/v1/messages/:id',
    right: 'read',
    schema: {
      operationId: 'getMessage',
      tags: ['messages'],
      summary: 'What became of a message',
      security: bearer,
      params: id,
      response: answers(200, 'MessageStatus', 'What is known of it; never its text'),
    },
  },
  findMessage: {
    method: 'GET',
    url: '/v1/messages',
    right: 'read',
    schema: {
      operationId: 'findMessage',
      tags: ['messages'],
      summary: 'What became of the message of an idempotency key',
      security: bearer,
      querystring: parameters({ idempotency_key: text('The key'), account }, ['idempotency_key']),
      response: answers(200, 'MessageStatus', 'What is known of it; never its text'),
    },
  },
  cancelMessage: {
    method: 'DELETE',
    url: '/v1/messages/:id',
    right: 'cancel',
    schema: {
      operationId: 'cancelMessage',
      tags: ['messages'],
      summary: 'Call a message off',
      description:
        'Where the answer is 200, JetSMS never gets it; asking again answers the same. 409: too late.',
      security: bearer,
      params: id,
      response: answers(200, 'Changed', 'It is called off'),
    },
  },
  rescheduleMessage: {
    method: 'PATCH',
    url: '/v1/messages/:id',
    right: 'cancel',
    schema: {
      operationId: 'rescheduleMessage',
      tags: ['messages'],
      summary: 'Move a scheduled message to another time',
      security: bearer,
      params: id,
      body: json({
        type: 'object',
        properties: {
          sendAt: {
            type: ['string', 'integer', 'object'],
            properties: { in: { type: 'string' } },
            description: 'The new time, or so long from now: {"in": "2h"}; its deadline moves by as much',
          },
        },
        required: ['sendAt'],
        additionalProperties: false,
      }),
      response: answers(200, 'Changed', 'It leaves at the new time'),
    },
  },
  getCampaign: {
    method: 'GET',
    url: '/v1/campaigns/:id',
    right: 'read',
    schema: {
      operationId: 'getCampaign',
      tags: ['campaigns'],
      summary: 'How far a campaign has come',
      security: bearer,
      params: campaignId,
      querystring: parameters({ account }),
      response: answers(200, 'Campaign', 'Its counts'),
    },
  },
  changeCampaign: {
    method: 'PATCH',
    url: '/v1/campaigns/:id',
    right: 'cancel',
    schema: {
      operationId: 'changeCampaign',
      tags: ['campaigns'],
      summary: 'Pause, resume or cancel what has not left',
      security: bearer,
      params: campaignId,
      querystring: parameters({ account }),
      body: json({
        type: 'object',
        properties: { state: { type: 'string', enum: ['running', 'paused', 'cancelled'] } },
        required: ['state'],
        additionalProperties: false,
      }),
      response: answers(200, 'Campaign', 'Its counts'),
    },
  },
  listCodes: {
    method: 'GET',
    url: '/v1/codes',
    schema: {
      operationId: 'listCodes',
      tags: ['facts'],
      summary: 'Every reply code of JetSMS, and what is done about it',
      security: bearer,
      response: answers(200, { type: 'array', items: ref('Code') }, 'The table'),
    },
  },
  countParts: {
    method: 'POST',
    url: '/v1/parts',
    schema: {
      operationId: 'countParts',
      tags: ['facts'],
      summary: 'How many SMS a text takes',
      security: bearer,
      body: json({
        type: 'object',
        properties: {
          text: text('The text'),
          account: text('Whose way of counting; the first that the key is for where left out'),
          model: text(
            "How to count; the account's where left out: an assumption about what JetSMS charges, or 3gpp",
          ),
          nationalTables: text('With 3gpp: which tables for Turkish the network allows; none where left out'),
        },
        required: ['text'],
        additionalProperties: false,
      }),
      response: answers(200, 'PartCount', 'The count'),
    },
  },
  getAccount: {
    method: 'GET',
    url: '/v1/accounts/:name',
    right: 'read',
    schema: {
      operationId: 'getAccount',
      tags: ['facts'],
      summary: 'Whether an account stands still, and its credit',
      description: 'From what the workers know; JetSMS is not asked.',
      security: bearer,
      params: path('name', 'The name of the account'),
      response: answers(200, 'Account', 'Its hold and its credit'),
    },
  },
};
