import fastify from 'fastify';
import { answerOf, openProducer } from './jetsms.ts';

interface Shipped {
  readonly Params: { readonly order: string };
  readonly Body: { readonly phone: string };
}

const producer = openProducer();
// An idle connection that a client keeps open delays the end by this at most; Fastify's own default is 72 s.
const app = fastify({ keepAliveTimeout: 5_000 });
app.addHook('onClose', () => producer.close()); // after the requests that are under way

app.setErrorHandler((error, _request, reply) => {
  const answer = answerOf(error);
  if (answer === undefined) return reply.send(error); // Fastify's own: a schema that is not met, and the like
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
});

const body = { type: 'object', required: ['phone'], properties: { phone: { type: 'string' } } };

app.post<Shipped>('/orders/:order/shipped', { schema: { body } }, async (request, reply) => {
  const { id } = await producer.send({
    to: request.body.phone,
    text: `Siparişiniz yola çıktı: ${request.params.order}`,
    idempotencyKey: `order-${request.params.order}-shipped`, // called twice, it texts once
  });
  return reply.code(202).send({ id });
});

const address = await app.listen({ port: Number(process.env['PORT'] ?? 3000), host: '127.0.0.1' });
console.log(`listening on ${address}`);
process.once('SIGTERM', () => void app.close());
