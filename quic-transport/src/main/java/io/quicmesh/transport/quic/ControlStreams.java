package io.quicmesh.transport.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.ControlCodec;
import io.quicmesh.transport.wire.ControlMessage;
import io.quicmesh.transport.wire.StreamHeader;
import io.quicmesh.transport.wire.WireException;
import org.jspecify.annotations.Nullable;

/**
 * The control streams of a connection, one a direction, before all other streams. Ours is opened by
 * the first message. Owned by the event loop.
 */
final class ControlStreams implements ReceiveStream.Listener {

  /** What a connection does with what comes. */
  interface Owner {

    void control(ControlMessage message);

    /** The peer broke the format, or does not take our messages. */
    void controlBroken(CloseCode code, String cause);
  }

  /** A peer that leaves so much untaken does not read at all. */
  private static final long UNTAKEN_BYTES_MAX = 1 << 20;

  private static final int FIRST_BYTES = 256;

  private final StreamTable table;
  private final ByteBufAllocator allocator;
  private final Owner owner;
  private @Nullable OutgoingStream outgoing;
  private @Nullable IncomingStream incoming;
  private ByteBuf begun = Unpooled.EMPTY_BUFFER;

  ControlStreams(StreamTable table, ByteBufAllocator allocator, Owner owner) {
    this.table = table;
    this.allocator = allocator;
    this.owner = owner;
  }

  void send(ControlMessage message) {
    if (outgoing == null) {
      outgoing = table.open(new StreamHeader.Control(), Urgency.CONTROL);
    }
    if (outgoing.pendingBytes() > UNTAKEN_BYTES_MAX) {
      owner.controlBroken(CloseCode.TIMED_OUT, "the peer does not read its control stream");
      return;
    }
    ByteBuf bytes = allocator.directBuffer(FIRST_BYTES);
    ControlCodec.write(message, bytes);
    outgoing.write(bytes);
  }

  /** The peer opened its control stream. */
  void opened(IncomingStream stream) {
    if (incoming != null) {
      owner.controlBroken(CloseCode.PROTOCOL, "a second control stream");
      return;
    }
    incoming = stream;
    stream.setListener(this);
  }

  @Override
  public void read(ByteBuf data) {
    ByteBuf all = begun.isReadable() ? Unpooled.wrappedBuffer(begun, data) : data;
    begun = Unpooled.EMPTY_BUFFER;
    try {
      for (ControlMessage m = ControlCodec.read(all); m != null; m = ControlCodec.read(all)) {
        owner.control(m);
      }
      keep(all);
    } catch (WireException e) {
      table.counters().add(Counter.CONTROL_MALFORMED);
      owner.controlBroken(CloseCode.PROTOCOL, String.valueOf(e.getMessage()));
    } finally {
      all.release();
    }
  }

  /** Less than one message is left: a copy keeps the large buffer from being held. */
  private void keep(ByteBuf rest) {
    if (rest.isReadable()) {
      begun = Unpooled.copiedBuffer(rest);
    }
  }

  @Override
  public void finished() {
    begun = Unpooled.EMPTY_BUFFER;
  }

  @Override
  public void closed(String cause) {
    begun = Unpooled.EMPTY_BUFFER;
  }
}
