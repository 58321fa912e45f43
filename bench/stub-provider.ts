import { createServer } from 'node:http';

/**
 * A JetSMS that costs as little as possible, in a process of its own: it accepts every document after a fixed
 * latency, without reading it. Prints its address, so that whoever starts it knows where it listens.
 */
const latencyMs = Number(process.argv[2] ?? 0);
let requests = 0;

const server = createServer((request, response) => {
  request.on('data', () => {});
  request.on('end', () => {
    requests += 1;
    const answer = (): void => {
      response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 18 });
      response.end(`00 ${String(260_101_000_000_000 + requests)}`);
    };
    if (latencyMs === 0) answer();
    else setTimeout(answer, latencyMs);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}`);
});
process.on('SIGTERM', () => process.exit(0));
