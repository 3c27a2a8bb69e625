package io.quicmesh.node.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.quicmesh.node.registrar.RegistrarState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrarFileTest {

  @TempDir(factory = MemoryFileSystem.class)
  Path temporary;

  private TestHost home;

  @BeforeEach
  void makeHost() {
    home = new TestHost(temporary.resolve("home"));
  }

  @Test
  void readsBackAllThatTheRegistrarRemembers() throws Exception {
    RegistrarState state = busyRegistrar();

    assertThat(RegistrarFile.parse(RegistrarFile.format(state))).isEqualTo(state);
  }

  @Test
  void keepsOnlyTheHashOfASecret() throws Exception {
    home.createNetwork();
    InviteToken token = home.invite("alice");

    String file = Files.readString(home.path().resolve("registrar.json"));

    assertThat(file).contains(HexFormat.of().formatHex(token.secretHash().toBytes()));
    assertThat(file).doesNotContain(HexFormat.of().formatHex(token.secret().toBytes()));
  }

  @Test
  void saysThatATornFileIsDamaged() throws Exception {
    busyRegistrar();
    Path path = home.path().resolve("registrar.json");
    byte[] whole = Files.readAllBytes(path);

    for (int length = 0; length < whole.length; length += 31) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> home.invite("bob"))
          .isInstanceOf(MembershipException.class)
          .hasMessageStartingWith(path + " is damaged")
          .hasMessageEndingWith("restore it from a backup of this directory");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "[]",
        "{\"format\":2}",
        "{\"format\":1,\"subnet\":\"10.0.0.0/8\",\"serial\":1,\"revocation\":1}",
        "{\"format\":1,\"subnet\":\"x\",\"serial\":1,\"revocation\":1,\"members\":[],"
            + "\"invitations\":[],\"revoked\":[]}",
        "{\"format\":1,\"subnet\":\"10.0.0.0/8\",\"serial\":1,\"revocation\":1,"
            + "\"members\":[null],\"invitations\":[],\"revoked\":[]}",
        "{\"format\":1,\"subnet\":\"10.0.0.0/8\",\"serial\":1,\"revocation\":1,"
            + "\"members\":[{\"name\":\"a\"}],\"invitations\":[],\"revoked\":[]}"
      })
  void refusesStatesWithPartsMissing(String json) {
    assertThatThrownBy(() -> RegistrarFile.parse(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
  }

  private RegistrarState busyRegistrar() throws MembershipException {
    home.createNetwork();
    TestHost alice = new TestHost(temporary.resolve("alice"));
    alice.membership().join(home.invite("alice"), home.link());
    alice.membership().rotateKey(home.link());
    home.invite("bob");
    return home.membership().registrar().orElseThrow().state();
  }
}
