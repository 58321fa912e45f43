import { createFakeProducer, type FakeEnd } from '../../../src/testing/index.ts';
import { type ContractEnd, contractAccounts, describeProducer } from '../../support/producer-contract.ts';

const endsOf: Readonly<Record<ContractEnd, FakeEnd>> = {
  accepted: { end: 'accepted' },
  delivered: { end: 'delivered' },
  failed: { end: 'failed' },
  unconfirmed: { end: 'unconfirmed' },
  terminal: { end: 'dead', code: '85' },
  uncertain: { end: 'dead', reason: 'uncertain' },
};

describeProducer('the fake producer', async ({ end = 'accepted', options = {} } = {}) => {
  const producer = createFakeProducer({ accounts: contractAccounts, ...options });
  return {
    producer,
    events: producer.events({ account: 'acme', group: 'app' }),
    async end(ids) {
      for (const id of ids) producer.deliver(id, endsOf[end]);
    },
    [Symbol.asyncDispose]: () => producer.close(),
  };
});
