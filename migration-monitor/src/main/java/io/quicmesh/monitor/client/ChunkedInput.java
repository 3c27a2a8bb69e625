package io.quicmesh.monitor.client;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** Undoes the chunked transfer coding (RFC 9112 section 7.1). */
final class ChunkedInput extends InputStream {
  private final InputStream in;
  private int left;
  private boolean ended;

  ChunkedInput(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** Returns what the current chunk still holds rather than waiting for the next one. */
  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (left == 0 && !nextChunk()) {
      return -1;
    }
    int count = in.read(bytes, offset, Math.min(length, left));
    if (count < 0) {
      throw new EOFException("the daemon closed the connection");
    }
    left -= count;
    if (left == 0) {
      HttpExchange.requireLine(in);
    }
    return count;
  }

  private boolean nextChunk() throws IOException {
    if (!ended) {
      left = HttpExchange.number(HttpExchange.requireLine(in).split(";", 2)[0].strip(), 16);
      ended = left == 0;
    }
    return !ended;
  }
}
