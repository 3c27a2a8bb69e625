package io.quicmesh.transport.quic;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * A host between a client and a server that gives the client another address, and another one again
 * when it is told to.
 */
final class TestNat implements AutoCloseable {

  private static final int BUFFER_BYTES = 4 << 20;

  private final InetSocketAddress server;
  private final Selector selector = Selector.open();
  private volatile DatagramChannel inside = open();
  private final ByteBuffer packet = ByteBuffer.allocateDirect(65_536);
  private volatile DatagramChannel outside = open();
  private @Nullable SocketAddress client;

  private TestNat(InetSocketAddress server) throws IOException {
    this.server = server;
  }

  static TestNat before(InetSocketAddress server) throws IOException {
    TestNat nat = new TestNat(server);
    Thread thread = new Thread(nat::forward, "nat");
    thread.setDaemon(true);
    thread.start();
    return nat;
  }

  private DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
    return channel;
  }

  /** What the client dials. */
  InetSocketAddress inside() throws IOException {
    return (InetSocketAddress) inside.getLocalAddress();
  }

  /** What the server sees. */
  InetSocketAddress outside() throws IOException {
    return (InetSocketAddress) outside.getLocalAddress();
  }

  /** Forgets the client's outer port and takes another one. */
  void rebind() throws IOException {
    DatagramChannel old = outside;
    outside = open();
    old.close();
  }

  /** Sends to the client from another port, as if the server were behind a NAT that forgot. */
  void rebindInside() throws IOException {
    DatagramChannel old = inside;
    inside = open();
    old.close();
  }

  private void forward() {
    try {
      while (selector.select() >= 0) {
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isValid()) {
            move((DatagramChannel) key.channel());
          }
        }
        selector.selectedKeys().clear();
      }
    } catch (ClosedSelectorException e) {
      // The end of the test.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void move(DatagramChannel from) throws IOException {
    packet.clear();
    for (SocketAddress source = receive(from); source != null; source = receive(from)) {
      packet.flip();
      if (from.equals(inside)) {
        client = source;
        outside.send(packet, server);
      } else if (client != null) {
        inside.send(packet, client);
      }
      packet.clear();
    }
  }

  private @Nullable SocketAddress receive(DatagramChannel from) throws IOException {
    return from.isOpen() ? from.receive(packet) : null;
  }

  @Override
  public void close() throws IOException {
    selector.close();
    inside.close();
    outside.close();
  }
}
