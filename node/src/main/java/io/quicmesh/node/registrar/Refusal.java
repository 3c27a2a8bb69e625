package io.quicmesh.node.registrar;

/** Why a registrar says no. The names are part of the join protocol and of the audit log. */
public enum Refusal {
  /** No invitation has this secret: altered, guessed, withdrawn, or forgotten long ago. */
  TOKEN_UNKNOWN("the token is not one of this network's registrar: ask for a new one"),
  TOKEN_EXPIRED("the token has expired: ask for a new one"),
  TOKEN_USED("the token was already used by another host: ask for a new one"),
  TOO_MANY_ATTEMPTS("too many attempts: wait ten minutes and try again"),
  KEY_REVOKED("this host's key is revoked: ask for a new token and join again"),
  KEY_IN_USE("this host is already a member of the network under another name"),
  NOT_A_MEMBER("this host is not a member of the network: ask for a token and join"),
  NAME_INVALID("a name has 1 to 63 of a-z, 0-9 and inside also '.', '_' and '-'"),
  NAME_TAKEN("a member has this name: choose another, or revoke that member first"),
  ADDRESS_OUTSIDE("the address is not one of the network's subnet"),
  ADDRESS_TAKEN("the address belongs to another member or invitation: choose another"),
  SUBNET_FULL("the subnet has no free address: revoke members that are gone"),
  NO_SUCH_NODE("no member or invitation has this name or node id"),
  REGISTRAR_ITSELF("the registrar cannot revoke itself"),
  LIST_FULL("the revocation list is full: wait until old certificates expire"),
  PROTOCOL("a request that this registrar does not understand");

  private final String text;

  Refusal(String text) {
    this.text = text;
  }

  /** What and the mend, for people. */
  public String text() {
    return text;
  }
}
