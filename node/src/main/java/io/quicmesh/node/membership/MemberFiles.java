package io.quicmesh.node.membership;

import io.quicmesh.node.membership.MembershipException.Kind;
import io.quicmesh.transport.identity.IdentityFile;
import io.quicmesh.transport.identity.MemberVerifier;
import io.quicmesh.transport.identity.MembershipRecord;
import io.quicmesh.transport.identity.PeerRefusedException;
import io.quicmesh.transport.identity.RevocationBook;
import io.quicmesh.transport.identity.RevokedKeys;
import io.quicmesh.transport.identity.TransportIdentity;
import io.quicmesh.transport.identity.VerifiedPeer;
import io.quicmesh.transport.wire.Fingerprint;
import io.quicmesh.transport.wire.Opaque;
import io.quicmesh.transport.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The files of a member: what a registrar granted, checked when it is stored and when it is read.
 */
final class MemberFiles {

  private final StateDirectory directory;
  private final InstantSource clock;

  MemberFiles(StateDirectory directory, InstantSource clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Reads who this host is; an expired certificate is no error here, because it can be renewed. */
  MemberState open() throws MembershipException {
    if (!directory.hasNetwork()) {
      throw notAMember();
    }
    Network network = new NetworkFile(directory).read();
    try {
      IdentityFile.Content content = directory.node().load();
      Opaque document = content.document();
      if (document == null) {
        throw damaged("it holds no membership record");
      }
      MemberState state = check(content.identity(), document, network);
      checkClock(content.identity());
      return state;
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
  }

  /**
   * Checks and stores what the registrar granted to this key.
   *
   * @return the new state
   */
  MemberState store(JoinAnswer.Granted granted, PrivateKey key, Fingerprint network)
      throws MembershipException {
    if (!granted.network().id().equals(network) || granted.chain().isEmpty()) {
      throw new MembershipException(
          Kind.FAILED, "the registrar answered for another network: report it to its operator");
    }
    TransportIdentity identity = new TransportIdentity(key, granted.chain());
    MemberState state = check(identity, granted.record(), granted.network());
    checkClock(identity);
    checkNotExpired(identity);
    try {
      directory.node().store(new IdentityFile.Content(identity, granted.record()));
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
    acceptRevocations(granted.revocations().toBytes(), network, revocations(network));
    new NetworkFile(directory).write(granted.network());
    return state;
  }

  /** The revocation list that this host has stored, in a book of its own. */
  RevocationBook revocations(Fingerprint network) throws MembershipException {
    RevocationBook book = new RevocationBook();
    Path path = directory.revocationsPath();
    if (Files.exists(path)) {
      try {
        book.offer(directory.files().read(path), network);
      } catch (IOException e) {
        throw MembershipException.of(e);
      } catch (WireException e) {
        throw new MembershipException(
            Kind.FAILED, path + " is damaged: " + e.getMessage() + ": remove it, it comes again");
      }
    }
    return book;
  }

  /** Stores a signed list if it is newer than the book's, and then puts it into the book. */
  boolean acceptRevocations(byte[] signed, Fingerprint network, RevocationBook book)
      throws MembershipException {
    try {
      RevocationBook.Entry before = book.newest(network);
      RevocationBook probe = new RevocationBook();
      if (before != null) {
        probe.offer(before.signed().toBytes(), network);
      }
      if (!probe.offer(signed, network)) {
        return false;
      }
      directory.files().replace(directory.revocationsPath(), signed);
      return book.offer(signed, network);
    } catch (WireException e) {
      throw new MembershipException(Kind.FAILED, "refused a " + e.getMessage());
    } catch (IOException e) {
      throw MembershipException.of(e);
    }
  }

  private MembershipException notAMember() {
    String mend = "run 'quicmesh join' with a token, or 'quicmesh network create'";
    if (Files.exists(directory.joiningPath())) {
      mend = "a join was interrupted: run it again with the same token";
    } else if (directory.hasAuthority()) {
      mend = "'quicmesh network create' was interrupted: run it again";
    }
    return new MembershipException(
        Kind.FAILED, "this host is not a member of a network by " + directory.path() + ": " + mend);
  }

  /** Checks everything but the dates. */
  private MemberState check(TransportIdentity identity, Opaque document, Network network)
      throws MembershipException {
    try {
      InstantSource then = InstantSource.fixed(identity.notBefore());
      VerifiedPeer self =
          MemberVerifier.ofNetwork(network.id(), RevokedKeys.NONE, then).verify(identity.chain());
      MembershipRecord record = MembershipRecord.open(document.toBytes(), network.id());
      record.check(self, identity.notBefore());
      return new MemberState(identity, network, record, document, false);
    } catch (PeerRefusedException e) {
      throw damaged(e.oneLine());
    } catch (WireException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private void checkClock(TransportIdentity identity) throws MembershipException {
    Instant now = clock.instant();
    if (now.isBefore(identity.notBefore())) {
      throw new MembershipException(
          Kind.FAILED,
          "this host's clock says %s, before its certificate was issued (%s): set the clock"
              .formatted(now.truncatedTo(ChronoUnit.SECONDS), identity.notBefore()));
    }
  }

  /** Nobody issues what has expired: the clock is ahead of the registrar's. */
  private void checkNotExpired(TransportIdentity issued) throws MembershipException {
    Instant now = clock.instant();
    if (now.isAfter(issued.notAfter())) {
      throw new MembershipException(
          Kind.FAILED,
          "this host's clock says %s, after the end of the certificate that was just issued (%s): %s"
              .formatted(
                  now.truncatedTo(ChronoUnit.SECONDS),
                  issued.notAfter(),
                  "set the clock, here or at the registrar"));
    }
  }

  private MembershipException damaged(String why) {
    return new MembershipException(
        Kind.FAILED,
        "the membership in %s is damaged: %s: restore a backup, or remove it and join again"
            .formatted(directory.path(), why));
  }
}
