package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamResetException;
import io.netty.util.ReferenceCountUtil;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import org.jspecify.annotations.Nullable;

/**
 * The receiving part of a stream on the codec's channel. The codec offers every packet's bytes by
 * itself; this takes the first of an I/O event as the sign that there are some, and the rest in one
 * go when all packets are in.
 *
 * <p>A stream is never stopped in quiche: it would keep the state and the place of a stopped stream
 * for ever. The peer is asked by a control message instead, and what still comes is dropped.
 */
final class IncomingStream extends ChannelInboundHandlerAdapter implements ReceiveStream {

  /** Where a stopped stream's bytes go. */
  private static final Listener NOBODY =
      new Listener() {
        @Override
        public void read(ByteBuf data) {
          data.release();
        }

        @Override
        public void finished() {}

        @Override
        public void closed(String cause) {}
      };

  private final QuicStreamChannel channel;
  private final StreamTable table;
  private final ReceiveBuffer buffer = new ReceiveBuffer();
  private @Nullable Listener listener;
  private @Nullable ByteBuf kept;
  private @Nullable String failure;
  private String connectionEnd = "the connection has ended";
  private boolean queued;
  private boolean paused;
  private boolean ended;

  IncomingStream(QuicStreamChannel channel, StreamTable table) {
    this.channel = channel;
    this.table = table;
    channel.config().setAutoRead(false);
    channel.config().setRecvByteBufAllocator(buffer);
  }

  long id() {
    return channel.streamId();
  }

  /** Waits for the first bytes. */
  void arm() {
    channel.read();
  }

  @Override
  public void setListener(Listener next) {
    listener = next;
    enqueue();
  }

  /** Puts back what was read too far; it waits, and more does, for the next listener. */
  void giveBack(ByteBuf data) {
    listener = null;
    if (data.isReadable()) {
      kept = data;
    } else {
      data.release();
    }
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      enqueue();
    }
  }

  @Override
  public void stop(int code) {
    if (!ended && listener != NOBODY) {
      table.askToStop(id(), code);
      listener = NOBODY;
      paused = false;
      enqueue();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
    enqueue();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    failure =
        cause instanceof QuicStreamResetException reset
            ? "reset: " + CloseCode.describe(reset.applicationProtocolCode())
            : cause.toString();
    enqueue();
  }

  /** A stream that ends without further bytes tells so by an event only. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    enqueue();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    enqueue();
  }

  private void enqueue() {
    if (!queued && !ended) {
      queued = true;
      table.batch().add(this::deliver);
    }
  }

  private void deliver() {
    queued = false;
    while (!ended && !paused && listener != null) {
      boolean more = fill();
      ByteBuf data = kept != null ? kept : buffer.take();
      kept = null;
      if (data != null) {
        listener.read(data);
      }
      if (kept == null && (data == null || !more)) {
        break;
      }
    }
    if (!ended && !paused && listener != null && kept == null) {
      arm();
      endIfOver();
    }
  }

  /** Takes over what came, and says whether there may be more than that. */
  private boolean fill() {
    if (kept != null) {
      return true;
    }
    buffer.setDraining(true);
    channel.read();
    buffer.setDraining(false);
    return buffer.isFull();
  }

  private void endIfOver() {
    if (failure != null) {
      end(failure);
    } else if (channel.isInputShutdown()) {
      end(null);
    } else if (!channel.isOpen()) {
      end(connectionEnd);
    }
  }

  /** The connection is over: what has come is delivered, then the listener is told. */
  void connectionEnded(String cause) {
    connectionEnd = cause;
    if (!ended) {
      deliver();
    }
    if (!ended) {
      end(cause);
    }
  }

  private void end(@Nullable String cause) {
    ended = true;
    table.remove(this);
    buffer.release();
    if (kept != null) {
      kept.release();
      kept = null;
    }
    if (channel.isOpen()) {
      channel.close().addListener(Outcomes.NOTED);
    }
    Listener told = listener == null ? NOBODY : listener;
    listener = NOBODY;
    if (cause == null) {
      told.finished();
    } else {
      told.closed(cause);
    }
  }
}
