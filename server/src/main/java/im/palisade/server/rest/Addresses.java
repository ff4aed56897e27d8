package im.palisade.server.rest;

import im.palisade.server.security.AddressBlock;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** IP addresses as text: where calls come from, and the blocks they may come from. */
final class Addresses {
  private Addresses() {}

  /** The literal of a peer without a zone; "local" for one that has no IP address. */
  static String text(SocketAddress peer) {
    if (!(peer instanceof InetSocketAddress inet) || inet.getAddress() == null) {
      return "local";
    }
    String text = inet.getAddress().getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  /** Whether this is an address and not a name. */
  static boolean isLiteral(String text) {
    try {
      InetAddress.ofLiteral(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether the address lies in one of the blocks. What is no address lies in none. */
  static boolean within(String address, List<AddressBlock> blocks) {
    try {
      return AddressBlock.within(InetAddress.ofLiteral(address), blocks);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
