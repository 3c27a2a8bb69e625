package io.quicmesh.monitor.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Reads a channel and waits only so long: Unix domain sockets have no read timeout of their own.
 */
final class PatientInput extends InputStream {
  private final SocketChannel channel;
  private final long patienceMillis;

  PatientInput(SocketChannel channel, Duration patience) {
    this.channel = channel;
    this.patienceMillis = patience.toMillis();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try (Selector selector = Selector.open()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      if (selector.select(patienceMillis) == 0) {
        throw new SocketTimeoutException("the daemon is silent");
      }
      return channel.read(ByteBuffer.wrap(bytes, offset, length));
    }
  }
}
