package io.quicmesh.transport.identity;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsClient;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** The client's choices in an end-to-end handshake. */
final class TlsClientPeer extends AbstractTlsClient {

  private final EndToEndTls.Settings settings;
  private final TlsJudge judge;

  TlsClientPeer(EndToEndTls.Settings settings, TlsJudge judge) {
    super(new BcTlsCrypto());
    this.settings = settings;
    this.judge = judge;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.TLSv13.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return TlsSuite.cipherSuites();
  }

  @Override
  protected Vector<Integer> getSupportedGroups(
      @SuppressWarnings("rawtypes") Vector namedGroupRoles) {
    return TlsSuite.vector(settings.keyExchange().groups());
  }

  @Override
  public Vector<Integer> getEarlyKeyShareGroups() {
    return TlsSuite.vector(settings.keyExchange().groups().subList(0, 1));
  }

  @Override
  protected Vector<SignatureAndHashAlgorithm> getSupportedSignatureAlgorithms() {
    return TlsSuite.signatureAlgorithms();
  }

  @Override
  protected Vector<ProtocolName> getProtocolNames() {
    return TlsSuite.protocolNames();
  }

  @Override
  public boolean shouldUseCompatibilityMode() {
    return false;
  }

  @Override
  public int getMaxCertificateChainLength() {
    return TlsSuite.CHAIN_LENGTH_MAX;
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return TlsSuite.HANDSHAKE_MESSAGE_BYTES_MAX;
  }

  @Override
  public void notifyAlertReceived(short alertLevel, short alertDescription) {
    judge.alertReceived(alertDescription);
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    judge.handshakeComplete(context);
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate server) throws IOException {
        judge.judge(server.getCertificate());
      }

      @Override
      public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
        return TlsSuite.credentials(
            settings.identity(), context, request.getCertificateRequestContext());
      }
    };
  }
}
