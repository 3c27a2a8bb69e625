package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.StreamHeader;
import io.quicmesh.transport.wire.WireException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the header of a stream that the peer opened, within a deadline, and announces it. */
final class HeaderReader implements ReceiveStream.Listener {

  private static final long DEADLINE_SECONDS = 5;

  private final IncomingStream stream;
  private final StreamTable table;
  private final EventExecutor loop;
  private ByteBuf begun = Unpooled.EMPTY_BUFFER;
  private @Nullable ScheduledFuture<?> deadline;

  HeaderReader(IncomingStream stream, StreamTable table, EventExecutor loop) {
    this.stream = stream;
    this.table = table;
    this.loop = loop;
  }

  @Override
  public void read(ByteBuf data) {
    ByteBuf all = begun.isReadable() ? Unpooled.wrappedBuffer(begun, data) : data;
    begun = Unpooled.EMPTY_BUFFER;
    try {
      if (all.readableBytes() < StreamHeader.length(all.getUnsignedByte(all.readerIndex()))) {
        begun = all;
        startDeadline();
        return;
      }
      StreamHeader header = StreamHeader.read(all);
      cancelDeadline();
      stream.giveBack(all);
      table.announced(header, stream);
    } catch (WireException e) {
      cancelDeadline();
      all.release();
      table.counters().add(Counter.STREAMS_UNKNOWN);
      stream.stop(CloseCode.PROTOCOL.code());
    }
  }

  private void startDeadline() {
    if (deadline == null) {
      deadline = loop.schedule(this::late, DEADLINE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private void late() {
    table.counters().add(Counter.STREAMS_LATE);
    release();
    stream.stop(CloseCode.TIMED_OUT.code());
  }

  @Override
  public void finished() {
    release();
  }

  @Override
  public void closed(String cause) {
    release();
  }

  private void release() {
    cancelDeadline();
    begun.release();
    begun = Unpooled.EMPTY_BUFFER;
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
