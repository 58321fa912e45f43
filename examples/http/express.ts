import type { Server } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { type Answer, answerOf, openProducer } from './jetsms.ts';

const producer = openProducer();
const app = express();
app.use(express.json());

app.post('/orders/:order/shipped', async (request, response) => {
  const { id } = await producer.send({
    to: request.body?.phone, // whatever it is: send() checks it, and says what is wrong with it
    text: `Siparişiniz yola çıktı: ${request.params.order}`,
    idempotencyKey: `order-${request.params.order}-shipped`, // called twice, it texts once
  });
  response.status(202).json({ id });
});

// Express 5 brings what an async handler throws here. Four parameters make it an error handler.
const sayError: ErrorRequestHandler = (error, _request, response, next) => {
  const answer = answerOf(error) ?? unreadableBody(error);
  if (answer === undefined || response.headersSent) return void next(error);
  response.status(answer.status).set(answer.headers).json(answer.body);
};
app.use(sayError);

/** What express.json() refuses. Its error holds the body, number and all, and Express would log that. */
function unreadableBody(error: unknown): Answer | undefined {
  if (!(error instanceof Error && 'statusCode' in error)) return undefined;
  const status = Number(error.statusCode);
  if (!(status >= 400 && status < 500)) return undefined;
  return { status, headers: {}, body: { code: 'BODY_UNREADABLE', message: 'The body cannot be read.' } };
}

const server: Server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log(`listening on ${JSON.stringify(server.address())}`);
});

// What is under way is finished first: requests, then what they have sent.
process.once('SIGTERM', () => server.close(() => void producer.close()));
