package io.quicmesh.transport.identity;

import java.io.IOException;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ProtocolName;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/** The server's choices in an end-to-end handshake. */
final class TlsServerPeer extends AbstractTlsServer {

  private final EndToEndTls.Settings settings;
  private final TlsJudge judge;

  TlsServerPeer(EndToEndTls.Settings settings, TlsJudge judge) {
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
  public int[] getSupportedGroups() {
    return settings.keyExchange().groups().stream().mapToInt(Integer::intValue).toArray();
  }

  @Override
  public boolean preferLocalSupportedGroups() {
    return true;
  }

  @Override
  protected Vector<ProtocolName> getProtocolNames() {
    return TlsSuite.protocolNames();
  }

  @Override
  public CertificateRequest getCertificateRequest() throws IOException {
    return new CertificateRequest(TlsUtils.EMPTY_BYTES, TlsSuite.signatureAlgorithms(), null, null);
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    return TlsSuite.credentials(settings.identity(), context, TlsUtils.EMPTY_BYTES);
  }

  @Override
  public void notifyClientCertificate(Certificate clientCertificate) throws IOException {
    judge.judge(clientCertificate);
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
}
