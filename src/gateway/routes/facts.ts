import type { FastifyInstance, FastifyRequest } from 'fastify';
import { codeTable, unofficialRows } from '../../codes/index.ts';
import { nationalTables } from '../../message/gsm-alphabet.ts';
import { countParts, type PartOptions } from '../../message/parts.ts';
import { partsModelNames } from '../../message/parts-models.ts';
import { listHolds } from '../../operator/hold-operations.ts';
import { callRedis } from '../../operator/operator-error.ts';
import { placeOf } from '../../queue/names.ts';
import { createCreditStore } from '../../worker/account/credit/credit-store.ts';
import { accountView } from '../account-view.ts';
import type { Outcome } from '../answers.ts';
import { refusal } from '../refusals.ts';
import { grantOf } from '../respond.ts';
import { accountFor, accountRefusal } from '../scope.ts';
import type { RouteTools } from '../tools.ts';
import { fieldsOf, pathPart } from './params.ts';
import { serve } from './route.ts';

/** What can be asked without a message. */
export function factRoutes(app: FastifyInstance, tools: RouteTools): void {
  const codes = { status: 200, body: [...codeTable, ...unofficialRows] };
  serve(app, 'listCodes', async () => codes);
  serve(app, 'countParts', async (request) => parts(request, tools));
  serve(app, 'getAccount', (request) => account(request, tools));
}

const models = [...partsModelNames, '3gpp'] as const;

function parts(request: FastifyRequest, { accounts }: RouteTools): Outcome {
  const fields = fieldsOf(request.body, ['text', 'account', 'model', 'nationalTables']);
  if (!fields) return refusal('BODY_INVALID', { at: { pointer: '' } });
  const { text, account: named } = fields;
  if (typeof text !== 'string') return refusal('BODY_INVALID', { at: { pointer: '/text' } });
  if (named !== undefined && typeof named !== 'string')
    return refusal('BODY_INVALID', { at: { pointer: '/account' } });
  const known = accountFor(grantOf(request), named, [...accounts.keys()]);
  if (known === undefined) return accountRefusal({ pointer: '/account' });
  const rules = accounts.get(known);
  if (!rules) return { status: 422, flaws: [{ code: 'ACCOUNT_UNKNOWN', at: { pointer: '/account' } }] };
  const options = optionsIn(fields, rules.partsModel);
  if ('wrong' in options) return refusal('BODY_INVALID', { at: { pointer: `/${options.wrong}` } });
  return { status: 200, body: countParts(text, options) };
}

interface PartFields {
  readonly model?: unknown;
  readonly nationalTables?: unknown;
}

function optionsIn(
  fields: PartFields,
  ofAccount: PartOptions['model'] = partsModelNames[0],
): PartOptions | { readonly wrong: keyof PartFields } {
  const { model: wished = ofAccount, nationalTables: tables = 'none' } = fields;
  const model = models.find((one) => one === wished);
  if (model === undefined) return { wrong: 'model' };
  const known = nationalTables.find((one) => one === tables);
  return known === undefined ? { wrong: 'nationalTables' } : { model, nationalTables: known };
}

async function account(request: FastifyRequest, { redis, prefix, accounts }: RouteTools): Promise<Outcome> {
  const name = pathPart(request, 'name');
  if (accountFor(grantOf(request), name, [...accounts.keys()]) === undefined)
    return accountRefusal({ parameter: 'name' });
  if (!accounts.has(name))
    return { status: 404, flaws: [{ code: 'ACCOUNT_UNKNOWN', at: { parameter: 'name' } }] };
  const [[hold], credit] = await Promise.all([
    listHolds(redis, { prefix, accounts: [name] }),
    callRedis(() => createCreditStore(redis, placeOf(redis, prefix, name)).read()),
  ]);
  return { status: 200, body: accountView(name, hold, credit) };
}
