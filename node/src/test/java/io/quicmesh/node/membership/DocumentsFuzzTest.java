package io.quicmesh.node.membership;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/**
 * Whatever bytes come, parsers refuse them by the exception that they declare and by none other.
 */
class DocumentsFuzzTest {

  @FuzzTest
  void requestsNeverBreakTheParser(byte[] bytes) {
    try {
      JoinRequest.decode(bytes).encode();
    } catch (IOException e) {
      // Expected for most bytes.
    }
  }

  @FuzzTest
  void answersNeverBreakTheParser(byte[] bytes) {
    try {
      JoinAnswer.decode(bytes).encode();
    } catch (IOException e) {
      // Expected for most bytes.
    }
  }

  @FuzzTest
  void registrarStatesNeverBreakTheParser(byte[] bytes) {
    try {
      RegistrarFile.format(RegistrarFile.parse(bytes));
    } catch (IOException e) {
      // Expected for most bytes.
    }
  }

  @FuzzTest
  void tokensNeverBreakTheParser(byte[] bytes) {
    try {
      InviteToken.parse(InviteToken.text(bytes)).text();
    } catch (MembershipException e) {
      // Expected for most bytes.
    }
  }
}
