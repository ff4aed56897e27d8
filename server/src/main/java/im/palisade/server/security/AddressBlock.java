package im.palisade.server.security;

import im.palisade.server.config.Setting;
import java.net.InetAddress;
import java.util.List;

/**
 * A CIDR block such as {@code 10.0.0.0/8} or {@code fd00::/8}; a bare address is a block of one.
 */
public final class AddressBlock {
  private final byte[] prefix;
  private final int bits;

  private AddressBlock(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /** A setting that names such blocks. */
  public static Setting<List<AddressBlock>> setting(
      String key, String defaultText, String meaning) {
    Setting<List<String>> words = Setting.list(key, defaultText, meaning);
    return new Setting<>(
        key,
        "addresses or CIDR blocks, separated by commas",
        defaultText,
        meaning,
        text -> words.reader().apply(text).stream().map(AddressBlock::parse).toList());
  }

  /** Whether the address lies in one of the blocks. */
  public static boolean within(InetAddress address, List<AddressBlock> blocks) {
    byte[] bytes = address.getAddress();
    for (AddressBlock block : blocks) {
      if (block.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Reads a block. Host names are never resolved.
   *
   * @throws IllegalArgumentException saying what is wrong
   */
  public static AddressBlock parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] prefix;
    try {
      prefix = InetAddress.ofLiteral(address.trim()).getAddress();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("'" + text + "' is not an address or CIDR block", e);
    }
    int bits = prefix.length * 8;
    if (slash >= 0) {
      try {
        bits = Integer.parseInt(text.substring(slash + 1).trim());
      } catch (NumberFormatException e) {
        bits = -1;
      }
    }
    if (bits < 0 || bits > prefix.length * 8) {
      throw new IllegalArgumentException("'" + text + "' has no such prefix length");
    }
    return new AddressBlock(prefix, bits);
  }

  /** Whether every address of its family lies within. */
  boolean isEverything() {
    return bits == 0;
  }

  /** Whether these address bytes lie within; an address of the other family does not. */
  public boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != prefix[i]) {
        return false;
      }
    }
    int rest = bits % 8;
    return rest == 0 || ((address[whole] ^ prefix[whole]) & 255) >> (8 - rest) == 0;
  }
}
