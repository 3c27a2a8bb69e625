package io.quicmesh.transport.carrier;

import io.quicmesh.transport.session.Carrier;
import io.quicmesh.transport.stream.ReceiveStream;
import io.quicmesh.transport.wire.CloseCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What both kinds of carrier do alike: keep early streams, tell of the end once. */
abstract class CarrierEnd implements Carrier {

  private static final int EARLY_STREAMS_MAX = 64;

  private final List<ReceiveStream> early = new ArrayList<>();
  private @Nullable Listener listener;
  private @Nullable String endedBecause;

  @Override
  public final void setListener(Listener to) {
    listener = to;
    List<ReceiveStream> waiting = List.copyOf(early);
    early.clear();
    waiting.forEach(to::streamOpened);
    if (endedBecause != null) {
      to.closed(endedBecause);
    }
  }

  /** Whether the carrier has ended. */
  public final boolean isEnded() {
    return endedBecause != null;
  }

  final void accept(ReceiveStream stream) {
    if (endedBecause != null) {
      stream.stop(CloseCode.SUPERSEDED.code());
    } else if (listener != null) {
      listener.streamOpened(stream);
    } else if (early.size() < EARLY_STREAMS_MAX) {
      early.add(stream);
    } else {
      stream.stop(CloseCode.QUOTA.code());
    }
  }

  final void end(String cause) {
    if (endedBecause == null) {
      endedBecause = cause;
      if (listener != null) {
        listener.closed(cause);
      }
    }
  }
}
