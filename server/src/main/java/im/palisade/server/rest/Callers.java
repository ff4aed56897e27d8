package im.palisade.server.rest;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import im.palisade.server.app.App;
import im.palisade.server.security.AddressBlock;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.InetAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where calls come from and whether they may. */
public final class Callers {
  private static final Logger LOG = LoggerFactory.getLogger(Callers.class);

  /** Depth that any number above it stands for. */
  private static final int MAX_DEPTH = 1000;

  private static final HeaderName CALLBACK_DEPTH = HeaderNames.create(RestCall.CALLBACK_DEPTH);

  private final List<AddressBlock> trustedProxies;

  /** Allow-lists as they stand in the apps' settings; what is unreadable allows nobody. */
  private final LoadingCache<List<String>, List<AddressBlock>> allowLists =
      Caffeine.newBuilder().maximumSize(1_000).build(Callers::blocks);

  /** Believes these proxies. */
  public Callers(List<AddressBlock> trustedProxies) {
    this.trustedProxies = trustedProxies;
  }

  /**
   * The caller's IP address: the peer's, or the one a load balancer named when it connected; behind
   * trusted proxies what the outermost one saw. Nobody else's {@code X-Forwarded-For} counts.
   */
  public String address(ServerRequest request) {
    String address = peer(request);
    if (trustedProxies.isEmpty() || !Addresses.within(address, trustedProxies)) {
      return address;
    }
    List<String> hops =
        request.headers().contains(HeaderNames.X_FORWARDED_FOR)
            ? request.headers().get(HeaderNames.X_FORWARDED_FOR).allValues(true)
            : List.of();
    for (String hop : hops.reversed()) {
      if (!Addresses.isLiteral(hop)) {
        return address;
      }
      address = hop;
      if (!Addresses.within(address, trustedProxies)) {
        return address;
      }
    }
    return address;
  }

  /** Whether the peer is a proxy that is believed. */
  public boolean isTrustedProxy(ServerRequest request) {
    return Addresses.within(peer(request), trustedProxies);
  }

  private static String peer(ServerRequest request) {
    return Openings.client()
        .map(InetAddress::getHostAddress)
        .orElseGet(() -> Addresses.text(request.remotePeer().address()));
  }

  /** How many webhooks led to the call, as its caller says; 0 when it says nothing usable. */
  int callbackDepth(ServerRequest request) {
    if (!request.headers().contains(CALLBACK_DEPTH)) {
      return 0;
    }
    try {
      String text = request.headers().get(CALLBACK_DEPTH).get().strip();
      return Math.clamp(Long.parseLong(text), 0, MAX_DEPTH);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  /** Whether the app takes calls from there. */
  boolean areAllowed(App app, String address) {
    List<String> allowed = app.settings().allowedAddresses();
    return allowed.isEmpty() || Addresses.within(address, allowLists.get(allowed));
  }

  private static List<AddressBlock> blocks(List<String> texts) {
    return texts.stream()
        .flatMap(
            text -> {
              try {
                return List.of(AddressBlock.parse(text)).stream();
              } catch (IllegalArgumentException e) {
                LOG.warn("an app's allowed addresses hold an entry that allows nobody: {}", text);
                return List.<AddressBlock>of().stream();
              }
            })
        .toList();
  }
}
