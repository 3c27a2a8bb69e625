package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.quic.DefaultQuicStreamFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamPriority;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The sending part of a stream on the codec's channel. Before that channel exists, writes wait
 * here; then the codec sends at once what the windows allow and queues the rest in order. The
 * header goes with the first write.
 */
final class OutgoingStream extends ChannelInboundHandlerAdapter
    implements SendStream, ChannelFutureListener {

  /** A write that the codec has not taken as a whole; it moves the reader index as it takes. */
  private record Untaken(ByteBuf data, int bytes) {}

  private final StreamTable table;
  private final int urgency;
  private final Queue<ByteBuf> beforeOpen = new ArrayDeque<>();
  private final Queue<Untaken> inCodec = new ArrayDeque<>();
  private @Nullable ByteBuf header;
  private @Nullable QuicStreamChannel channel;
  private @Nullable Listener listener;
  private @Nullable String closedCause;
  private long queuedBytes;
  private boolean finishing;
  private boolean told;
  private boolean eventQueued;

  OutgoingStream(StreamTable table, ByteBuf header, int urgency) {
    this.table = table;
    this.header = header;
    this.urgency = urgency;
  }

  /** The codec has made the stream. */
  void opened(QuicStreamChannel made) {
    channel = made;
    made.updatePriority(new QuicStreamPriority(urgency, true)).addListener(Outcomes.NOTED);
    if (closedCause != null) {
      made.close().addListener(Outcomes.NOTED);
      return;
    }
    for (ByteBuf next = beforeOpen.poll(); next != null; next = beforeOpen.poll()) {
      queuedBytes -= next.readableBytes();
      send(next);
    }
    if (finishing) {
      sendFinish();
    }
    queueEvent();
  }

  @Override
  public void write(ByteBuf data) {
    if (closedCause != null || finishing || !data.isReadable()) {
      data.release();
      return;
    }
    ByteBuf whole = data;
    if (header != null) {
      whole = Unpooled.wrappedBuffer(header, data);
      header = null;
    }
    if (channel == null) {
      queuedBytes += whole.readableBytes();
      beforeOpen.add(whole);
    } else {
      send(whole);
    }
  }

  /** Sends the header alone if nothing was written yet. */
  void flushHeader() {
    if (header != null && channel != null && closedCause == null) {
      ByteBuf alone = header;
      header = null;
      send(alone);
    }
  }

  private void send(ByteBuf data) {
    QuicStreamChannel to = channel;
    if (to == null || closedCause != null) {
      data.release();
      return;
    }
    ByteBuf direct = data.isDirect() ? data : directCopy(to, data);
    track(to, to.write(direct), direct);
  }

  private static ByteBuf directCopy(QuicStreamChannel to, ByteBuf data) {
    ByteBuf copy = to.alloc().directBuffer(data.readableBytes()).writeBytes(data);
    data.release();
    return copy;
  }

  private void track(QuicStreamChannel to, ChannelFuture written, ByteBuf data) {
    if (written.isDone()) {
      check(written);
      return;
    }
    Untaken untaken = new Untaken(data, data.readableBytes());
    queuedBytes += untaken.bytes;
    inCodec.add(untaken);
    written.addListener(this);
    if (inCodec.size() == 1 && !to.isWritable() && to.bytesBeforeUnwritable() > 0) {
      // There is capacity, and yet it was not used: quiche no longer knows the stream.
      closed("stopped by the peer");
    }
  }

  @Override
  public void operationComplete(ChannelFuture written) {
    Untaken untaken = inCodec.poll();
    if (untaken != null) {
      queuedBytes -= untaken.bytes;
    }
    check(written);
  }

  private void check(ChannelFuture written) {
    Throwable cause = written.cause();
    if (cause != null && closedCause == null) {
      closed(String.valueOf(cause.getMessage()));
    }
  }

  @Override
  public boolean isWritable() {
    return channel != null && channel.isWritable() && closedCause == null && !finishing;
  }

  @Override
  public long pendingBytes() {
    Untaken first = inCodec.peek();
    return first == null ? queuedBytes : queuedBytes - first.bytes + first.data.readableBytes();
  }

  @Override
  public void setListener(Listener next) {
    listener = next;
    tellClosed();
  }

  @Override
  public void finish() {
    if (!finishing && closedCause == null) {
      finishing = true;
      if (channel != null) {
        sendFinish();
      }
    }
  }

  /** As a frame, because shutting the output down would overtake what is queued. */
  private void sendFinish() {
    QuicStreamChannel to = channel;
    if (to != null) {
      ByteBuf last = header == null ? Unpooled.EMPTY_BUFFER : header;
      header = null;
      track(to, to.write(new DefaultQuicStreamFrame(last, true)), last);
    }
  }

  @Override
  public void reset(int code) {
    if (closedCause == null) {
      told = true;
      if (channel != null) {
        channel.shutdownOutput(code).addListener(Outcomes.NOTED);
      }
      closed("reset");
    }
  }

  /** The peer wants no more. */
  void stopped(int code) {
    closed("stopped: " + CloseCode.describe(code));
  }

  /** Drops what was not sent and ends the stream; its listener is told once, after this turn. */
  void closed(String cause) {
    if (closedCause != null) {
      return;
    }
    closedCause = cause;
    table.remove(this);
    beforeOpen.forEach(ByteBuf::release);
    beforeOpen.clear();
    if (header != null) {
      header.release();
      header = null;
    }
    if (channel != null) {
      channel.close().addListener(Outcomes.NOTED);
    }
    queuedBytes = 0;
    queueEvent();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (finishing && closedCause == null) {
      told = true;
    }
    closed("the stream has ended");
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    queueEvent();
  }

  private void queueEvent() {
    if (!eventQueued) {
      eventQueued = true;
      table.batch().add(this::event);
    }
  }

  private void event() {
    eventQueued = false;
    if (closedCause != null) {
      tellClosed();
    } else if (listener != null && isWritable()) {
      listener.writable();
    }
  }

  private void tellClosed() {
    if (closedCause != null && !told && listener != null) {
      told = true;
      listener.closed(closedCause);
    }
  }

  /** The connection is over; the listener is told before the connection's. */
  void connectionEnded(String cause) {
    closed(cause);
    tellClosed();
  }

  /** The id on the wire, or -1 before the stream exists. */
  long id() {
    return channel == null ? -1 : channel.streamId();
  }
}
