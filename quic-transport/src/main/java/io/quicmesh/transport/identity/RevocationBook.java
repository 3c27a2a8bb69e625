package io.quicmesh.transport.identity;

import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest revocation list of every network that this host has to do with. Safe for use by
 * several threads. Whoever offers lists asks only for networks that it knows, which bounds it.
 */
public final class RevocationBook implements RevokedKeys {

  private final Map<Fingerprint, Entry> newest = new ConcurrentHashMap<>();

  /**
   * A list and its signed form.
   *
   * @param signed the bytes that were offered, to be handed on
   */
  public record Entry(RevocationList list, Opaque signed) {}

  /**
   * Takes a signed list of a network, if it is newer than what is known.
   *
   * @return whether it was newer, so that live sessions must be looked at and the list handed on
   * @throws WireException if the network's CA has not signed it
   */
  public boolean offer(byte[] signed, Fingerprint network) throws WireException {
    RevocationList list = RevocationList.open(signed, network);
    synchronized (newest) {
      Entry held = newest.get(network);
      if (held != null && held.list.number() >= list.number()) {
        return false;
      }
      newest.put(network, new Entry(list, Opaque.of(signed)));
      return true;
    }
  }

  /** The newest list of a network, or null. */
  public @Nullable Entry newest(Fingerprint network) {
    return newest.get(network);
  }

  @Override
  public boolean contains(Fingerprint network, Fingerprint key) {
    Entry entry = newest.get(network);
    return entry != null && entry.list.keys().contains(key);
  }
}
