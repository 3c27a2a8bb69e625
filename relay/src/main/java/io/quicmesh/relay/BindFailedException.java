package io.quicmesh.relay;

import io.quicmesh.transport.carrier.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A UDP address of the relay could not be bound; the message is one line for the operator. */
public final class BindFailedException extends IOException {

  private static final long serialVersionUID = 1L;

  BindFailedException(InetSocketAddress address, @Nullable Throwable cause) {
    super(
        "cannot bind UDP "
            + Addresses.text(address)
            + " ("
            + (cause == null ? "unknown" : cause.getMessage())
            + "): stop what uses it, or choose another --listen address",
        cause);
  }
}
