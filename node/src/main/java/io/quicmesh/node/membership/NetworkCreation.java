package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.node.registrar.RegistrarState;
import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.Certificates;
import io.quicmesh.transport.identity.IdentityFile;
import io.quicmesh.transport.identity.Keys;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.wire.MemberName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Makes a network. What an earlier run left is used again, never replaced, so a run that was
 * interrupted anywhere is finished by the next; {@code network.json} comes last and makes the host
 * a member.
 */
final class NetworkCreation {

  /** Shorter ones would be renewed all the time; a lab wants seconds. */
  private static final Duration VALIDITY_MIN = Duration.ofSeconds(10);

  private static final Duration VALIDITY_MAX = Duration.ofDays(3650);

  private final StateDirectory directory;
  private final InstantSource clock;
  private final MemberFiles files;

  NetworkCreation(StateDirectory directory, InstantSource clock, MemberFiles files) {
    this.directory = directory;
    this.clock = clock;
    this.files = files;
  }

  /** Runs under the directory's lock. */
  MemberState run(Membership.Plan plan) throws MembershipException, IOException {
    check(plan);
    CertificateAuthority authority = authority();
    TransportIdentity node = node();
    RegistrarFile registrar = new RegistrarFile(directory.files(), directory.registrarPath());
    if (!Files.exists(directory.registrarPath())) {
      registrar.write(
          RegistrarState.empty(new RegistrarState.Plan(plan.subnet(), plan.validity())));
    }
    Network network =
        new Network(plan.name(), authority.network(), registrar.read().subnet(), plan.relays());
    RegistrarService service =
        new RegistrarService(directory, clock, authority, node.fingerprint());
    JoinAnswer.Granted granted =
        service.enrol(plan.nodeName(), node.leaf().getPublicKey(), network);
    return files.store(granted, node.key(), authority.network()).asRegistrar();
  }

  private void check(Membership.Plan plan) throws MembershipException {
    if (directory.hasNetwork()) {
      Network network = new NetworkFile(directory).read();
      throw new MembershipException(
          Kind.FAILED,
          "%s holds a member of network %s already: use another --state-dir"
              .formatted(directory.path(), network.name()));
    }
    if (!MemberName.isValid(plan.name()) || !MemberName.isValid(plan.nodeName())) {
      String wrong = MemberName.isValid(plan.name()) ? plan.nodeName() : plan.name();
      throw new MembershipException(
          Kind.USAGE,
          "'%s' is no name: 1 to 63 of a-z, 0-9 and inside also '.', '_' and '-'"
              .formatted(Text.printable(wrong)));
    }
    if (plan.subnet().hostsMax() < 2) {
      throw new MembershipException(
          Kind.USAGE,
          "the subnet " + plan.subnet() + " has no room for two hosts: give a shorter prefix");
    }
    if (plan.validity().compareTo(VALIDITY_MIN) < 0
        || plan.validity().compareTo(VALIDITY_MAX) > 0) {
      throw new MembershipException(
          Kind.USAGE,
          "certificates are valid for %d s to %d days: give another --validity"
              .formatted(VALIDITY_MIN.toSeconds(), VALIDITY_MAX.toDays()));
    }
    if (plan.relays().size() > InviteToken.RELAYS_MAX) {
      throw new MembershipException(
          Kind.USAGE, "a network has at most " + InviteToken.RELAYS_MAX + " relays");
    }
  }

  private CertificateAuthority authority() throws IOException {
    IdentityFile file = directory.authority();
    try {
      return new CertificateAuthority(file.read());
    } catch (NoSuchFileException e) {
      CertificateAuthority created = CertificateAuthority.create(clock.instant());
      file.write(created.identity());
      return created;
    }
  }

  private TransportIdentity node() throws IOException {
    IdentityFile file = directory.node();
    try {
      return file.read();
    } catch (NoSuchFileException e) {
      TransportIdentity created = Certificates.selfSigned(Keys.generate(), clock.instant());
      file.write(created);
      return created;
    }
  }
}
