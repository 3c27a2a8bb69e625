package io.quicmesh.transport.quic;

import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.quicmesh.migration.gate.GateConnection;
import io.quicmesh.migration.gate.GateCrypto;
import io.quicmesh.migration.gate.SourceAddress;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The gate's keyed functions, HMAC-SHA-256 cut short, and their keys. Owned by the event loop. */
final class GateKeys implements GateCrypto {

  static final int KEY_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA256";

  private final SecureRandom random = new SecureRandom();
  private final byte[] secret = newKey();
  private final LongObjectMap<byte[]> keys = new LongObjectHashMap<>();

  byte[] newKey() {
    byte[] key = new byte[KEY_BYTES];
    random.nextBytes(key);
    return key;
  }

  void put(GateConnection connection, byte[] key) {
    keys.put(connection.number(), key);
  }

  void remove(GateConnection connection) {
    keys.remove(connection.number());
  }

  boolean has(GateConnection connection) {
    return keys.containsKey(connection.number());
  }

  @Override
  public byte[] cookie(SourceAddress source, GateConnection connection, long timeSlot) {
    ByteBuffer input = ByteBuffer.allocate(4 * Long.BYTES + Integer.BYTES);
    input.putLong(source.high()).putLong(source.low()).putInt(source.port());
    input.putLong(connection.number()).putLong(timeSlot);
    return mac(secret, input.array(), GatePackets.COOKIE_BYTES);
  }

  @Override
  public byte[] proof(GateConnection connection, byte[] cookie) {
    byte[] key = keys.get(connection.number());
    if (key == null) {
      throw new IllegalStateException("the connection has no key");
    }
    return mac(key, cookie, GatePackets.PROOF_BYTES);
  }

  private static byte[] mac(byte[] key, byte[] input, int bytes) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      return Arrays.copyOf(mac.doFinal(input), bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
