package im.palisade.server.callback;

import im.palisade.server.security.AddressBlock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Which addresses a webhook may call (callbacks §1.3, SSRF guard). It judges the address a
 * connection is opened to, not the name, so a name that changes its mind in between gains nothing.
 */
final class TargetPolicy {
  /** What answers for the machine a cloud server runs on. */
  private static final List<AddressBlock> METADATA =
      List.of(
          AddressBlock.parse("169.254.0.0/16"),
          AddressBlock.parse("100.100.100.200"),
          AddressBlock.parse("168.63.129.16"),
          AddressBlock.parse("192.0.0.192"),
          AddressBlock.parse("fd00:ec2::254"),
          AddressBlock.parse("0.0.0.0/8"),
          AddressBlock.parse("255.255.255.255"));

  private static final AddressBlock NAT64 = AddressBlock.parse("64:ff9b::/96");
  private static final AddressBlock SIX_TO_FOUR = AddressBlock.parse("2002::/16");
  private static final AddressBlock COMPATIBLE = AddressBlock.parse("::/96");

  private final CallbackSettings settings;

  TargetPolicy(CallbackSettings settings) {
    this.settings = settings;
  }

  /** Whether a connection to that address may be opened. */
  boolean allows(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (within(settings.denied(), bytes)) {
      return false;
    }
    if (within(settings.allowed(), bytes)) {
      return true;
    }
    if (address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isMulticastAddress()
        || within(METADATA, bytes)) {
      return false;
    }
    return bytes.length == 4 || embedded(bytes).map(this::allows).orElse(true);
  }

  /** The IPv4 address that a translator would make of an IPv6 one. */
  private static Optional<InetAddress> embedded(byte[] bytes) {
    int from;
    if (NAT64.contains(bytes) || COMPATIBLE.contains(bytes)) {
      from = 12;
    } else if (SIX_TO_FOUR.contains(bytes)) {
      from = 2;
    } else {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4)));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  private static boolean within(List<AddressBlock> blocks, byte[] address) {
    return blocks.stream().anyMatch(block -> block.contains(address));
  }
}
