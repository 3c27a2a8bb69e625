package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.node.registrar.Registrar;
import io.quicmesh.transport.identity.CertificateAuthority;
import io.quicmesh.transport.identity.RevocationBook;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.OverlayAddress;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What the commands about membership do on one state directory: {@code network create}, {@code
 * invite}, {@code join}, {@code revoke}, renewal and {@code rotate-key}. Every step is durable
 * before the next, so after a crash the same command does the rest. Blocking, and used by one
 * thread at a time; never by an event loop.
 */
public final class Membership {

  private final StateDirectory directory;
  private final InstantSource clock;
  private final MemberFiles files;

  /** The membership that this directory holds, if any; nothing is read yet. */
  public Membership(StateDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
    this.files = new MemberFiles(directory, clock);
  }

  /**
   * A network to be made.
   *
   * @param name what people call it
   * @param subnet where overlay addresses come from
   * @param relays where its relays are; may be empty until somebody is invited
   * @param nodeName what this host is called in it
   * @param validity for how long its certificates are valid
   */
  public record Plan(
      String name,
      OverlayAddress subnet,
      List<RelayAddress> relays,
      String nodeName,
      Duration validity) {
    /** Copies the list. */
    public Plan {
      relays = List.copyOf(relays);
    }

    /** A network whose certificates are valid for {@link Registrar#VALIDITY}. */
    public Plan(String name, OverlayAddress subnet, List<RelayAddress> relays, String nodeName) {
      this(name, subnet, relays, nodeName, Registrar.VALIDITY);
    }
  }

  /** Whether this host is a member of a network. */
  public boolean isMember() {
    return directory.hasNetwork();
  }

  /**
   * Who this host is; its certificate may have expired.
   *
   * @throws MembershipException if it is no member yet, or its files are damaged or open to others,
   *     or its clock is behind its certificate
   */
  public MemberState open() throws MembershipException {
    MemberState state = files.open();
    return directory.hasAuthority() ? state.asRegistrar() : state;
  }

  /** Makes a network with this host as its registrar and first member. */
  public MemberState create(Plan plan) throws MembershipException {
    return directory.exclusively(() -> new NetworkCreation(directory, clock, files).run(plan));
  }

  /** The registrar, if this host is it. */
  public Optional<RegistrarService> registrar() throws MembershipException {
    return directory.hasAuthority() ? Optional.of(service(open())) : Optional.empty();
  }

  /** Invites a host; the token is for its {@code join}. */
  public InviteToken invite(Registrar.Wish wish) throws MembershipException {
    return requireRegistrar().invite(wish);
  }

  /**
   * Revokes a member, or withdraws an invitation, and stores the new list.
   *
   * @param node a name, or a node id or its first 10 characters
   * @return the name
   */
  public String revoke(String node) throws MembershipException {
    RegistrarService registrar = requireRegistrar();
    String name = registrar.revoke(node);
    Fingerprint network = registrar.authority().network();
    files.acceptRevocations(registrar.revocations(), network, files.revocations(network));
    return name;
  }

  /** Where the network's relays are from now on; members hear it when they renew. */
  public void setRelays(List<RelayAddress> relays) throws MembershipException {
    Network network = requireRegistrar().network();
    new NetworkFile(directory)
        .write(new Network(network.name(), network.id(), network.subnet(), relays));
  }

  /** Joins the network of a token with a key that this host makes itself. */
  public MemberState join(InviteToken token, RegistrarLink link) throws MembershipException {
    return directory.exclusively(() -> new Joining(directory, clock, files).run(token, link));
  }

  /** Gets the next certificate, also when the last one has expired. */
  public MemberState renew(RegistrarLink link) throws MembershipException {
    MemberState state = open();
    if (state.isRegistrar()) {
      RegistrarService registrar = service(state);
      JoinAnswer.Granted granted =
          registrar.enrol(state.name(), state.transport().leaf().getPublicKey(), state.network());
      return files.store(granted, state.transport().key(), state.network().id()).asRegistrar();
    }
    return new Renewal(directory, clock, files).renew(state, link);
  }

  /** Replaces this host's key by a new one; the old one is revoked. */
  public MemberState rotateKey(RegistrarLink link) throws MembershipException {
    return new Renewal(directory, clock, files).rotate(open(), link);
  }

  /** The revoked keys that this host knows of. */
  public RevocationBook revocations() throws MembershipException {
    Fingerprint network = open().network().id();
    RevocationBook book = files.revocations(network);
    Optional<RegistrarService> registrar = registrar();
    if (registrar.isPresent()) {
      files.acceptRevocations(registrar.get().revocations(), network, book);
    }
    return book;
  }

  /**
   * Takes a signed list that came from elsewhere: stores it if it is newer, and puts it into the
   * book.
   *
   * @return whether it was newer
   * @throws MembershipException if the CA has not signed it, or it cannot be stored
   */
  public boolean acceptRevocations(byte[] signed, Fingerprint network, RevocationBook book)
      throws MembershipException {
    return files.acceptRevocations(signed, network, book);
  }

  /** This host's audit log. */
  public AuditLog audit() {
    return new AuditLog(directory.files(), directory.auditPath());
  }

  /** Whether a replacement of this host's key was begun and is not done. */
  public boolean isRotating() {
    return directory.isRotating();
  }

  private RegistrarService requireRegistrar() throws MembershipException {
    files.open();
    return registrar()
        .orElseThrow(
            () ->
                new MembershipException(
                    Kind.FAILED,
                    "this host is not the registrar of its network: run it on the host that is"));
  }

  private RegistrarService service(MemberState state) throws MembershipException {
    try {
      CertificateAuthority authority = new CertificateAuthority(directory.authority().read());
      if (!authority.network().equals(state.network().id())) {
        throw new MembershipException(
            Kind.FAILED,
            "ca.pem in " + directory.path() + " is of another network: restore the right one");
      }
      return new RegistrarService(directory, clock, authority, state.id());
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
  }
}
