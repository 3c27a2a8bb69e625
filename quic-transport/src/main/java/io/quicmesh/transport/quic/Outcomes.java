package io.quicmesh.transport.quic;

import io.netty.channel.ChannelFutureListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens with the outcome of an operation that nobody waits for. */
final class Outcomes {

  private static final Logger LOG = LoggerFactory.getLogger(Outcomes.class);

  /** Notes a failure; streams and connections that are over already cause them in order. */
  static final ChannelFutureListener NOTED =
      done -> {
        if (!done.isSuccess()) {
          LOG.debug("an operation of {} failed cause={}", done.channel(), done.cause().toString());
        }
      };

  private Outcomes() {}
}
