package io.quicmesh.lab.emulator;

import io.netty.buffer.ByteBuf;
import io.quicmesh.lab.link.LinkDirection;

/** One direction of a link between its two ends, by the name {@code from-to}. Owned by the loop. */
record LinkFlow(LinkEnd from, LinkEnd to, LinkDirection direction) {

  String name() {
    return from.name() + "-" + to.name();
  }

  /** Whether a command that names {@code which} means this direction. */
  boolean matches(String which) {
    return which.equals("all")
        || which.equals(name())
        || which.equals(from.name() + "+" + to.name())
        || which.equals(to.name() + "+" + from.name());
  }

  void deliverUntil(long nowNanos) {
    for (ByteBuf frame = direction.poll(nowNanos);
        frame != null;
        frame = direction.poll(nowNanos)) {
      to.deliver(frame);
    }
  }
}
