package im.palisade.server.addresses;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.server.PalisadeServer;
import im.palisade.server.config.SettingException;
import im.palisade.server.config.Settings;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conversations G3 (GetIPList), seen from an app's back end. */
class AddressRestTest {
  private final TestApp app = TestServer.shared().newApp();

  @ParameterizedTest
  @ValueSource(strings = {"", "&nettype=0", "&nettype=1", "&nettype=4", "&nettype=6", "&nettype="})
  void withoutSettingsTheServersOwnAddressesAreTold(String nettype) {
    JsonNode reply = list(app, nettype);
    assertEquals(0, reply.path("ErrorCode").asInt(), reply::toString);
    assertEquals("", reply.path("ErrorInfo").asText("absent"));
    assertFalse(reply.path("IPList").isEmpty());
    List<InetAddress> addresses = new ArrayList<>();
    reply.path("IPList").forEach(each -> addresses.add(InetAddress.ofLiteral(each.asText())));
    assertTrue(
        addresses.stream().noneMatch(InetAddress::isLoopbackAddress) || addresses.size() <= 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"7", "-1", "x", "1.0", "%31%30"})
  void anUnknownNettypeIsRefused(String nettype) {
    assertEquals(60002, list(app, "&nettype=" + nettype).path("ErrorCode").asInt());
  }

  @Test
  void theSettingsSayWhatIsTold() {
    try (PalisadeServer server =
        TestServer.start(
            TestDatabase.newDirectory().resolve("data"),
            Map.of(
                "addresses.client", "192.0.2.10, 198.51.100.0/28",
                "addresses.web", "192.0.2.10,2001:db8::1",
                "addresses.webhook-egress", "203.0.113.7"))) {
      TestApp trial =
          TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
      for (String client : List.of("1", "2")) {
        assertEquals("[\"192.0.2.10\",\"198.51.100.0/28\"]", texts(trial, client));
      }
      for (String web : List.of("3", "4")) {
        assertEquals("[\"192.0.2.10\",\"2001:db8::1\"]", texts(trial, web));
      }
      for (String webhook : List.of("5", "6")) {
        assertEquals("[\"203.0.113.7\"]", texts(trial, webhook));
      }
      assertEquals(
          "[\"192.0.2.10\",\"198.51.100.0/28\",\"2001:db8::1\",\"203.0.113.7\"]",
          texts(trial, "0"));
    }
  }

  @Test
  void whatIsNoAddressIsRefusedAtStart() {
    Map<String, String> wrong = Map.of("addresses.web", "example.org");
    Path none = Path.of("nowhere.yaml");
    assertThrows(
        SettingException.class,
        () -> Settings.read(AddressSettings.SETTINGS, none, Map.of(), wrong));
  }

  private static String texts(TestApp at, String nettype) {
    return list(at, "&nettype=" + nettype).path("IPList").toString();
  }

  private static JsonNode list(TestApp at, String nettype) {
    String query = at.query(at.administrator(), at.sig(at.administrator())) + nettype;
    return at.call(query, "ConfigSvc/GetIPList", "{}");
  }
}
