package im.palisade.server.security;

import im.palisade.server.config.Setting;
import im.palisade.server.config.SettingException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol.TransportProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PROXY protocol (versions 1 and 2) at one listener: a load balancer that passes TLS through
 * says with it, ahead of everything else, for whom it connects. Balancers must say it, nobody else
 * may: whoever is believed here can be anybody.
 */
public final class ProxyProtocol {
  /** Most bytes a header of version 2 may hold beside its addresses. */
  public static final int MAX_EXTRAS = 2048;

  /** A balancer says it at once; longer only what hangs or means ill. */
  public static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(ProxyProtocol.class);
  private static final long LOG_PAUSE = Duration.ofSeconds(10).toNanos();

  private final String listener;
  private final List<AddressBlock> balancers;
  private final AtomicLong quietUntil = new AtomicLong(System.nanoTime());
  private final AtomicLong unsaid = new AtomicLong();

  /**
   * That of one listener.
   *
   * @param listener how logs call it
   * @param balancers who must say it; nobody does where this is empty
   */
  public ProxyProtocol(String listener, List<AddressBlock> balancers) {
    this.listener = listener;
    this.balancers = List.copyOf(balancers);
  }

  /** The setting that names a listener's balancers. */
  public static Setting<List<AddressBlock>> setting(String group, String listener) {
    String key = group + ".proxy-protocol-from";
    Setting<List<AddressBlock>> blocks =
        AddressBlock.setting(
            key,
            "",
            "Load balancers that open each connection to "
                + listener
                + " with the header of the PROXY protocol (v1 or v2), which names the caller's"
                + " address. From them a connection without one is refused, from anybody else one"
                + " with it.");
    return new Setting<>(
        key, blocks.form(), "", blocks.meaning(), text -> named(key, blocks.reader().apply(text)));
  }

  private static List<AddressBlock> named(String key, List<AddressBlock> blocks) {
    if (blocks.stream().anyMatch(AddressBlock::isEverything)) {
      throw new SettingException(key, "must not hold every address: anybody could be anybody");
    }
    return blocks;
  }

  /** Whether there is anything to look at. */
  public boolean isOn() {
    return !balancers.isEmpty();
  }

  /** Whether this peer must say it. */
  public boolean isBalancer(SocketAddress peer) {
    return peer instanceof InetSocketAddress inet
        && !inet.isUnresolved()
        && AddressBlock.within(inet.getAddress(), balancers);
  }

  /**
   * For whom the balancer connects; empty when for itself (its health checks), or for somebody
   * without an IP address, where the protocol has the connection's own count.
   *
   * @throws ProxyHeaderException when that cannot be
   */
  public static Optional<InetAddress> client(HAProxyMessage header) throws ProxyHeaderException {
    if (header.command() == HAProxyCommand.LOCAL) {
      return Optional.empty();
    }
    if (header.proxiedProtocol().transportProtocol() == TransportProtocol.DGRAM) {
      throw new ProxyHeaderException("it speaks of something else than a TCP connection");
    }
    return switch (header.proxiedProtocol().addressFamily()) {
      case AF_IPv4, AF_IPv6 -> Optional.of(InetAddress.ofLiteral(header.sourceAddress()));
      case AF_UNIX, AF_UNSPEC -> Optional.empty();
    };
  }

  /** Tells the log of a connection that is closed, seldom enough that it cannot be flooded. */
  public void refused(SocketAddress peer, String why) {
    long now = System.nanoTime();
    long quiet = quietUntil.get();
    if (now - quiet < 0 || !quietUntil.compareAndSet(quiet, now + LOG_PAUSE)) {
      unsaid.incrementAndGet();
      return;
    }
    long before = unsaid.getAndSet(0);
    LOG.warn(
        "{} closed a connection from {}: {}{}",
        listener,
        peer instanceof InetSocketAddress inet && !inet.isUnresolved()
            ? inet.getAddress().getHostAddress()
            : peer,
        why,
        before == 0 ? "" : " (and " + before + " more since the last such line)");
  }
}
