import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** The first line of an interim reply, as far as it tells one from a final reply. */
const interimLine = /^HTTP\/1\.[01] 1\d\d/;
const lineLength = 'HTTP/1.1 100'.length;
const wholeHeads = /^(?:HTTP\/1\.[01] 1\d\d[\s\S]*?\r?\n\r?\n)*/;

/** A longer head is left to the HTTP client, which refuses it. */
const maxHeadBytes = 16 * 1024;

/** Takes interim replies (1xx) out of what a server sends. */
export interface InterimFilter {
  /** A request goes out: what comes next is the head of a reply. */
  expectReply(): void;
  /** What of the bytes is no interim reply; an unfinished head is kept back. */
  pass(bytes: Buffer): Buffer;
  /** Gives out what was kept back: nothing more will come. */
  flush(): Buffer;
}

const nothing: Buffer = Buffer.alloc(0);

export function createInterimFilter(): InterimFilter {
  let isExpecting = false;
  let kept = nothing;

  const giveOut = (): Buffer => {
    const bytes = kept;
    kept = nothing;
    isExpecting = false;
    return bytes;
  };

  return {
    expectReply() {
      isExpecting = true;
    },
    pass(bytes) {
      if (!isExpecting) return bytes;
      kept = afterInterim(kept.length === 0 ? bytes : Buffer.concat([kept, bytes]));
      return mayBeInterim(kept) && kept.length <= maxHeadBytes ? nothing : giveOut();
    },
    flush: giveOut,
  };
}

/** What stands behind all whole interim replies. */
function afterInterim(bytes: Buffer): Buffer {
  if (!mayBeInterim(bytes)) return bytes;
  const [heads = ''] = wholeHeads.exec(bytes.toString('latin1')) ?? [];
  return bytes.subarray(heads.length);
}

function mayBeInterim(bytes: Buffer): boolean {
  const line = bytes.toString('latin1', 0, lineLength);
  // A line that is too short to tell counts as interim, until more bytes have come.
  return interimLine.test(line + 'HTTP/1.1 100'.slice(line.length));
}

/**
 * A connection without interim replies. Any client has to read past them (RFC 9110 section 15.2), whoever asked for
 * them; undici breaks the connection at a `100 Continue` that it did not ask for, and the reply behind it is lost.
 */
export function withoutInterimReplies(socket: Socket): Socket {
  const filter = createInterimFilter();
  const connection = new Duplex({
    allowHalfOpen: false,
    read: () => socket.resume(),
    write(chunk, _encoding, done) {
      filter.expectReply();
      socket.write(chunk, done);
    },
    writev(chunks, done) {
      filter.expectReply();
      socket.write(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
    },
    final: (done) => socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  const forward = (bytes: Buffer): void => {
    if (bytes.length > 0 && !connection.push(bytes)) socket.pause();
  };
  socket
    .on('data', (bytes: Buffer) => forward(filter.pass(bytes)))
    .on('end', () => {
      forward(filter.flush());
      connection.push(null);
    })
    .on('error', (error) => connection.destroy(error))
    .on('close', () => {
      // Where the server has ended the connection, what it sent before is read first.
      if (!socket.readableEnded) connection.destroy();
    });
  // undici calls these two besides what a stream has, so that an idle connection keeps no process alive.
  return Object.assign(connection, {
    ref: () => socket.ref(),
    unref: () => socket.unref(),
  }) as unknown as Socket; // undici's type asks for a whole socket; it needs a stream that can do these two
}
