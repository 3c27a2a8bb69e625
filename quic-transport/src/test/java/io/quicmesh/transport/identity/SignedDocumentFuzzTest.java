package io.quicmesh.transport.identity;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.quicmesh.transport.wire.MemberName;
import io.quicmesh.transport.wire.WireException;
import java.time.Instant;
import java.util.HexFormat;

/** Arbitrary bytes are refused by an exception of the wire, and by none other. */
class SignedDocumentFuzzTest {

  private static final CertificateAuthority AUTHORITY = CertificateAuthority.create(Instant.EPOCH);

  @FuzzTest
  void envelopesNeverBreakTheParser(byte[] bytes) {
    try {
      MembershipRecord.open(bytes, AUTHORITY.network());
      throw new AssertionError("accepted " + HexFormat.of().formatHex(bytes));
    } catch (WireException e) {
      // Expected for whatever the CA has not signed.
    }
  }

  @FuzzTest
  void recordsNeverBreakTheParser(byte[] bytes) {
    try {
      MembershipRecord record = MembershipRecord.read(behind(2, bytes), AUTHORITY.network());
      if (!MemberName.isValid(record.name())) {
        throw new AssertionError("a record without a name");
      }
    } catch (WireException e) {
      // Expected for most bytes.
    }
  }

  @FuzzTest
  void listsNeverBreakTheParser(byte[] bytes) {
    try {
      RevocationList.read(behind(1, bytes), AUTHORITY.network());
    } catch (WireException e) {
      // Expected for most bytes.
    }
  }

  /** Puts the right fingerprints before the bytes, so that the fuzzer gets beyond them. */
  private static ByteBuf behind(int fingerprints, byte[] bytes) {
    ByteBuf all = Unpooled.buffer();
    for (int i = 0; i < fingerprints; i++) {
      AUTHORITY.network().write(all);
    }
    return all.writeBytes(bytes);
  }
}
