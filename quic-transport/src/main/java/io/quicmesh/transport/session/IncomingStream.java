package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import io.quicmesh.transport.wire.WireException;

/** A stream that the peer opened, until its header has come. Owned by the event loop. */
final class IncomingStream implements ReceiveStream.Listener {

  private final CarrierLink link;
  private final ReceiveStream stream;
  private final RecordReader reader;

  IncomingStream(CarrierLink link, ReceiveStream stream, RecordReader reader) {
    this.link = link;
    this.stream = stream;
    this.reader = reader;
  }

  ReceiveStream stream() {
    return stream;
  }

  /** The reader, which holds what came behind the header. */
  RecordReader reader() {
    return reader;
  }

  @Override
  public void read(ByteBuf data) {
    reader.add(data);
    if (reader.availableBytes() < LaneHeader.BYTES) {
      return;
    }
    try {
      LaneHeader header = LaneHeader.read(reader.take(LaneHeader.BYTES));
      link.handleStream(header, this);
    } catch (WireException e) {
      refuse(CloseCode.PROTOCOL);
      link.handleBadStream(e);
    }
  }

  void refuse(CloseCode code) {
    reader.release();
    stream.stop(code.code());
    stream.setListener(new Discard());
  }

  @Override
  public void finished() {
    reader.release();
  }

  @Override
  public void closed(String cause) {
    reader.release();
  }

  /** Releases what still comes on a refused stream. */
  private static final class Discard implements ReceiveStream.Listener {
    @Override
    public void read(ByteBuf data) {
      data.release();
    }

    @Override
    public void finished() {}

    @Override
    public void closed(String cause) {}
  }
}
