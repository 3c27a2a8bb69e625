package io.quicmesh.node.membership;

import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.transport.identity.StateFiles;
import io.quicmesh.transport.identity.WriteSteps;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** One host with its state directory and its clock, and a straight way to registrars. */
final class TestHost {

  static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
  static final RelayAddress RELAY =
      new RelayAddress(
          "relay.example.org",
          4433,
          Fingerprint.of(ByteBuffer.allocate(Fingerprint.BYTES).putInt(7).array()));

  private final Path path;
  private Instant now = START;

  TestHost(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /** A new process on this host. */
  Membership membership() {
    return membership(step -> {});
  }

  /** A new process on this host that may die or find the disk full at a step. */
  Membership membership(WriteSteps steps) {
    return new Membership(new StateDirectory(path, new StateFiles(steps)), clock());
  }

  InstantSource clock() {
    return () -> now;
  }

  void advance(Duration time) {
    now = now.plus(time);
  }

  MemberState createNetwork() throws MembershipException {
    return createNetwork(membership());
  }

  static MemberState createNetwork(Membership membership) throws MembershipException {
    return membership.create(
        new Membership.Plan("lab", OverlayAddress.parse("10.66.0.0/24"), List.of(RELAY), "home"));
  }

  InviteToken invite(String name) throws MembershipException {
    return membership().invite(new Registrar.Wish(name, null, Duration.ofHours(24)));
  }

  /** The way to this host's registrar, which answers by a new process for each request. */
  RegistrarLink link() {
    return link(membership());
  }

  RegistrarLink link(Membership registrar) {
    return call ->
        new JoinDesk(registrar.registrar().orElseThrow(), clock())
            .answer(call.self().fingerprint(), call.request().toBytes(), 0);
  }
}
