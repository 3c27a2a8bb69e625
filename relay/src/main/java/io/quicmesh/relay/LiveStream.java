package io.quicmesh.relay;

import io.netty.buffer.ByteBuf;
import io.quicmesh.relay.core.StreamSplice;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.stream.SendStream;
import io.quicmesh.transport.wire.CloseCode;
import org.jspecify.annotations.Nullable;

/**
 * A stream that a node opened: it waits, paused, until the switchboard has it spliced or refused.
 * Brings what its two ends say to the splice.
 */
final class LiveStream implements ReceiveStream.Listener {

  final long number;
  private final NodeLink from;
  private final ReceiveStream in;
  private final RelayLoop relay;
  private @Nullable StreamSplice splice;

  LiveStream(long number, NodeLink from, ReceiveStream in, RelayLoop relay) {
    this.number = number;
    this.from = from;
    this.in = in;
    this.relay = relay;
  }

  /** Becomes the stream's listener; only its end is told before {@link #splice}. */
  void begin() {
    in.pause();
    in.setListener(this);
  }

  void splice(SendStream out, NodeLink to, long bytesMax) {
    StreamSplice begun =
        new StreamSplice(in, out, new StreamSplice.Meters(from.meter, to.meter), bytesMax);
    splice = begun;
    out.setListener(new Out(begun));
    begun.start(relay.nanoTime());
    settle(begun);
  }

  void end(CloseCode code) {
    if (splice == null) {
      in.stop(code.code());
    } else {
      splice.end(code);
    }
  }

  /** Bytes copied so far. */
  long bytes() {
    return splice == null ? 0 : splice.bytes();
  }

  @Override
  public void read(ByteBuf data) {
    from.isHeard = true;
    if (splice == null) {
      data.release();
    } else {
      splice.handleRead(data, relay.nanoTime());
      settle(splice);
    }
  }

  @Override
  public void finished() {
    if (splice == null) {
      relay.handleStreamEnded(this, null);
    } else {
      splice.handleFinished();
      settle(splice);
    }
  }

  @Override
  public void closed(String cause) {
    if (splice == null) {
      relay.handleStreamEnded(this, null);
    } else {
      splice.handleReceiveClosed();
      settle(splice);
    }
  }

  private void settle(StreamSplice after) {
    if (after.isEnded()) {
      relay.handleStreamEnded(this, after.refusal());
    } else {
      relay.arm();
    }
  }

  /** The end towards the other node. */
  private final class Out implements SendStream.Listener {
    private final StreamSplice splice;

    Out(StreamSplice splice) {
      this.splice = splice;
    }

    @Override
    public void writable() {
      splice.handleWritable(relay.nanoTime());
      settle(splice);
    }

    @Override
    public void closed(String cause) {
      splice.handleSendClosed();
      settle(splice);
    }
  }
}
