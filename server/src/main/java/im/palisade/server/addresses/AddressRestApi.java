package im.palisade.server.addresses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Server addresses (rest-conversations G3). */
public final class AddressRestApi {
  private static final String ALL = "0";

  private final AddressSettings settings;

  public AddressRestApi(AddressSettings settings) {
    this.settings = settings;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of("ConfigSvc", "GetIPList", Family.GATEWAY)
            .meaning("Tells the addresses of clients' servers and of webhooks")
            .handledBy(AuditDeclaration.none("tells addresses an operator published"), this::list));
  }

  private RestReply list(RestCall call) {
    List<List<String>> wanted =
        switch (call.query("nettype").orElse(ALL)) {
          case "0" -> List.of(settings.client(), settings.web(), settings.webhookEgress());
          case "1", "2" -> List.of(settings.client());
          case "3", "4" -> List.of(settings.web());
          case "5", "6" -> List.of(settings.webhookEgress());
          default ->
              throw new ImException(ErrorCode.HTTP_UNPARSABLE, "nettype must be within 0 to 6");
        };
    Set<String> addresses = new LinkedHashSet<>();
    for (List<String> each : wanted) {
      addresses.addAll(each.isEmpty() ? own() : each);
    }
    ObjectNode reply = Json.object();
    ArrayNode list = reply.putArray("IPList");
    addresses.forEach(list::add);
    return RestReply.ok(reply);
  }

  /** Addresses of the interfaces; loopback only when there is no other. */
  private static List<String> own() {
    List<String> reachable = new ArrayList<>();
    List<String> loopback = new ArrayList<>();
    try {
      for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        if (each.isUp()) {
          for (InetAddress address : Collections.list(each.getInetAddresses())) {
            String text = address.getHostAddress();
            int zone = text.indexOf('%');
            (address.isLoopbackAddress() ? loopback : reachable)
                .add(zone < 0 ? text : text.substring(0, zone));
          }
        }
      }
    } catch (SocketException e) {
      throw new ImException(ErrorCode.BACKEND_TIMEOUT, "the interfaces cannot be read");
    }
    return reachable.isEmpty() ? loopback : reachable;
  }
}
