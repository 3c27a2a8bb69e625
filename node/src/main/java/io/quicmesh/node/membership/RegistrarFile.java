package io.quicmesh.node.membership;

import io.quicmesh.node.registrar.Invitation;
import io.quicmesh.node.registrar.Member;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.node.registrar.RegistrarState;
import io.quicmesh.node.registrar.RevokedMember;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.OverlayAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link RegistrarState} as JSON in the state directory. */
final class RegistrarFile {

  private static final int FORMAT = 1;

  private final StateFiles files;
  private final Path path;

  RegistrarFile(StateFiles files, Path path) {
    this.files = files;
    this.path = path;
  }

  RegistrarState read() throws IOException {
    byte[] bytes = files.read(path);
    try {
      return parse(bytes);
    } catch (IOException e) {
      throw new IOException(
          path + " is damaged: " + e.getMessage() + ": restore it from a backup of this directory");
    }
  }

  void write(RegistrarState state) throws IOException {
    files.replace(path, format(state));
  }

  static byte[] format(RegistrarState state) {
    return Json.write(
        new Document(
            FORMAT,
            state.subnet().toString(),
            state.plan().validity().toSeconds(),
            state.counters().serial(),
            state.counters().revocation(),
            state.members().stream().map(MemberDocument::of).toList(),
            state.invitations().stream().map(InvitationDocument::of).toList(),
            state.revoked().stream().map(RevokedDocument::of).toList()));
  }

  static RegistrarState parse(byte[] bytes) throws IOException {
    Document document = Json.read(bytes, Document.class);
    if (document.format != FORMAT) {
      throw new IOException("it is of another version of quicmesh");
    }
    try {
      return new RegistrarState(
          new RegistrarState.Plan(OverlayAddress.parse(document.subnet), document.validity()),
          new RegistrarState.Counters(document.serial, document.revocation),
          document.members.stream().map(MemberDocument::toMember).toList(),
          document.invitations.stream().map(InvitationDocument::toInvitation).toList(),
          document.revoked.stream().map(RevokedDocument::toRevoked).toList());
    } catch (IllegalArgumentException | DateTimeException | NullPointerException e) {
      throw new IOException("a part of it is missing or malformed");
    }
  }

  private static @Nullable Fingerprint parseKey(@Nullable String text) {
    return text == null ? null : Fingerprint.parse(text);
  }

  private record Document(
      int format,
      String subnet,
      @Nullable Long validityS,
      long serial,
      long revocation,
      List<MemberDocument> members,
      List<InvitationDocument> invitations,
      List<RevokedDocument> revoked) {

    Duration validity() {
      return validityS == null ? Registrar.VALIDITY : Duration.ofSeconds(validityS);
    }
  }

  private record MemberDocument(
      String name, String key, String address, String notAfter, @Nullable String previousKey) {

    static MemberDocument of(Member member) {
      Fingerprint previous = member.previousKey();
      return new MemberDocument(
          member.name(),
          member.key().toString(),
          member.address().toString(),
          member.notAfter().toString(),
          previous == null ? null : previous.toString());
    }

    Member toMember() {
      return new Member(
          name,
          Fingerprint.parse(key),
          OverlayAddress.parse(address),
          Instant.parse(notAfter),
          parseKey(previousKey));
    }
  }

  private record InvitationDocument(
      String name, String address, String secretHash, String expires, @Nullable String redeemedBy) {

    static InvitationDocument of(Invitation invitation) {
      Fingerprint redeemer = invitation.redeemedBy();
      return new InvitationDocument(
          invitation.name(),
          invitation.address().toString(),
          HexFormat.of().formatHex(invitation.secretHash().toBytes()),
          invitation.expires().toString(),
          redeemer == null ? null : redeemer.toString());
    }

    Invitation toInvitation() {
      return new Invitation(
          name,
          OverlayAddress.parse(address),
          Opaque.of(HexFormat.of().parseHex(secretHash)),
          Instant.parse(expires),
          parseKey(redeemedBy));
    }
  }

  private record RevokedDocument(String name, String key, String until) {

    static RevokedDocument of(RevokedMember member) {
      return new RevokedDocument(member.name(), member.key().toString(), member.until().toString());
    }

    RevokedMember toRevoked() {
      return new RevokedMember(name, Fingerprint.parse(key), Instant.parse(until));
    }
  }
}
