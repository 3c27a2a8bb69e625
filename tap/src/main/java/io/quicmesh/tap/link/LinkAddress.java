package io.quicmesh.tap.link;

/**
 * An address of this host on a link.
 *
 * @param usable whether it may be used: an IPv6 address is not while duplicates are looked for
 * @param deprecated whether it should not be used for anything new (RFC 4862)
 * @param temporary whether it will be replaced for privacy (RFC 8981)
 */
public record LinkAddress(
    int linkIndex, IpPrefix prefix, boolean usable, boolean deprecated, boolean temporary) {}
