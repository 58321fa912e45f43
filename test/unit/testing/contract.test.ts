import { createFakeProducer, type FakeEnd } from '../../../src/testing/index.ts';
import {
  type ContractEnd,
  contractAccounts,
  describeProducer,
  refusedNumber,
} from '../../support/producer-contract.ts';

const endsOf: Readonly<Record<ContractEnd, FakeEnd>> = {
  'one-refused': { end: 'accepted' },
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
      const refused = producer.sent().find(({ to }) => end === 'one-refused' && to === refusedNumber);
      for (const id of ids)
        producer.deliver(id, id === refused?.id ? { end: 'dead', code: '31' } : endsOf[end]);
    },
    [Symbol.asyncDispose]: () => producer.close(),
  };
});
