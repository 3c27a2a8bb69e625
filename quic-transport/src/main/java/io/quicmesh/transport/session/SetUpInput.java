package io.quicmesh.transport.session;

import io.netty.buffer.ByteBuf;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.WireException;

/** The peer's set-up stream on a carrier: cuts it into records. Owned by the event loop. */
final class SetUpInput implements ReceiveStream.Listener {

  private final CarrierLink link;
  private final RecordReader reader;
  private boolean ended;

  SetUpInput(CarrierLink link, IncomingStream incoming) {
    this.link = link;
    this.reader = incoming.reader();
  }

  @Override
  public void read(ByteBuf data) {
    if (ended) {
      data.release();
      return;
    }
    reader.add(data);
    process();
  }

  void process() {
    try {
      int header = reader.peekRecord();
      while (header != -1 && !ended && !link.isClosed()) {
        reader.skip(RecordType.HEADER_BYTES);
        ByteBuf payload = reader.take(RecordType.payloadBytes(header));
        link.handleSetUpRecord(RecordType.type(header), payload);
        header = reader.peekRecord();
      }
      reader.trim();
    } catch (WireException e) {
      link.handleBadStream(e);
      end();
    }
  }

  @Override
  public void finished() {
    end();
  }

  @Override
  public void closed(String cause) {
    end();
  }

  /** Takes nothing more. */
  void end() {
    if (!ended) {
      ended = true;
      reader.release();
    }
  }
}
