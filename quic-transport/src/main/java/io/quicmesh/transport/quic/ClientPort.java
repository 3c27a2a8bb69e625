package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The UDP port as one connection in the client role sees it: a channel without a socket of its own,
 * whose datagrams go to a {@link PortSocket} that can be replaced while the connection lives. So
 * one connection can be moved to another local port or interface, and its codec sees one address
 * all the time. Owned by the event loop.
 */
final class ClientPort extends AbstractChannel {

  private static final ChannelMetadata METADATA = new ChannelMetadata(true);

  /** For packets that are under way to the socket that was left. */
  private static final long LINGER_SECONDS = 3;

  /** For peers that dialled us there. */
  private static final long SERVER_LINGER_SECONDS = 30;

  private final InetSocketAddress seenAddress;
  private final ChannelConfig config = new DefaultChannelConfig(this);
  private PortSocket socket;
  private @Nullable DatagramPacket last;
  private boolean open = true;
  private boolean reading;

  /**
   * @param seenAddress the address that the codec sees
   * @param codec of this connection alone
   */
  ClientPort(
      EventLoop loop, InetSocketAddress seenAddress, PortSocket socket, ChannelHandler codec) {
    super(null);
    this.seenAddress = seenAddress;
    this.socket = socket;
    socket.acquire();
    pipeline().addLast(new ToSocket(), codec);
    var unused = loop.register(this);
  }

  PortSocket socket() {
    return socket;
  }

  /**
   * Sends by another socket from now on, at first once more what was sent last. If the way that is
   * left swallowed that, it is news to the server, which answers; the codec by itself, with its
   * window full of what was swallowed, would send nothing before its probe timeout, which has been
   * doubled a few times by then (RFC 9002, section 6.2). If it was not swallowed, it is a duplicate
   * as networks make them.
   */
  void moveTo(PortSocket next) {
    PortSocket left = socket;
    next.acquire();
    socket = next;
    leave(left);
    if (last != null) {
      socket.send(lastDatagram(last));
    }
  }

  private void remember(Object message) {
    if (message instanceof DatagramPacket packet) {
      forgetLast();
      last = packet.retain();
    }
  }

  /** The last datagram of what may be several in a row. */
  private static DatagramPacket lastDatagram(DatagramPacket sent) {
    ByteBuf content = sent.content();
    int bytes = content.readableBytes();
    int lastBytes = bytes;
    if (sent instanceof SegmentedDatagramPacket segmented && segmented.segmentSize() < bytes) {
      lastBytes = bytes - (bytes - 1) / segmented.segmentSize() * segmented.segmentSize();
    }
    ByteBuf slice = content.retainedSlice(content.writerIndex() - lastBytes, lastBytes);
    return new DatagramPacket(slice, sent.recipient());
  }

  private void forgetLast() {
    if (last != null) {
      last.release();
      last = null;
    }
  }

  private void leave(PortSocket left) {
    if (left.release() && left.isSpare()) {
      closeLater(left, LINGER_SECONDS);
    }
  }

  private static void closeLater(PortSocket left, long seconds) {
    var unused =
        left.channel().eventLoop().schedule(() -> closeUnused(left), seconds, TimeUnit.SECONDS);
  }

  private static void closeUnused(PortSocket left) {
    if (left.isUsed()) {
      return;
    }
    if (left.isWayOfServer()) {
      closeLater(left, SERVER_LINGER_SECONDS);
    } else {
      var unused = left.channel().close();
    }
  }

  /**
   * Gives a datagram of the connection to its codec.
   *
   * @return whether it is the first since {@link #readComplete}
   */
  boolean read(DatagramPacket packet) {
    boolean isFirst = !reading;
    reading = true;
    pipeline().fireChannelRead(packet);
    return isFirst;
  }

  /** The connection is gone. */
  void end() {
    var unused = close();
  }

  /** What was read is all for now. */
  void readComplete() {
    reading = false;
    pipeline().fireChannelReadComplete();
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return open;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected SocketAddress localAddress0() {
    return seenAddress;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return null;
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new Unconnected();
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("a client port is bound already");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    if (open) {
      open = false;
      forgetLast();
      leave(socket);
    }
  }

  @Override
  protected void doBeginRead() {}

  /** Nothing comes here: the first handler takes all. */
  @Override
  protected void doWrite(ChannelOutboundBuffer out) throws ClosedChannelException {
    throw new ClosedChannelException();
  }

  /** Connecting is the codec's business. */
  private final class Unconnected extends AbstractUnsafe {
    @Override
    public void connect(SocketAddress remote, SocketAddress local, ChannelPromise promise) {
      promise.setFailure(new UnsupportedOperationException("no codec took the connect"));
    }
  }

  /** Stands first and leads datagrams to the socket. */
  private final class ToSocket extends ChannelOutboundHandlerAdapter {

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      remember(message);
      ChannelFuture sent = socket.write(message);
      if (!promise.isVoid()) {
        sent.addListener(done -> promise.trySuccess());
      }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      socket.flush();
    }

    @Override
    public void read(ChannelHandlerContext ctx) {}
  }
}
