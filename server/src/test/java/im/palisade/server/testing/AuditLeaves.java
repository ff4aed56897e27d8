package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.compliance.log.AuditLog;
import im.palisade.server.PalisadeServer;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/** What stands in a running server's audit log. */
public final class AuditLeaves {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int PAGE = 1000;

  private AuditLeaves() {}

  /** Every event of the home region's log, in the order of their leaves. */
  public static List<JsonNode> all(PalisadeServer server) {
    return from(server, 0);
  }

  /** Waits until everything that happened before has its leaf. */
  public static void catchUp(PalisadeServer server) {
    server.audit().of(server.regions().home()).catchUp();
  }

  /** The number of leaves now. */
  public static long size(PalisadeServer server) {
    return log(server).size();
  }

  /** Every event from a leaf on. */
  public static List<JsonNode> from(PalisadeServer server, long first) {
    AuditLog log = log(server);
    List<JsonNode> events = new ArrayList<>();
    try {
      for (long next = first; next < log.size(); ) {
        List<byte[]> page = log.entries(next, PAGE);
        for (byte[] entry : page) {
          events.add(Json.mapper().readTree(entry));
        }
        next += page.size();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return events;
  }

  /** The events of an app. */
  public static List<JsonNode> of(TestApp app) {
    String id = Long.toString(app.appId());
    return from(app.server(), app.firstLeaf()).stream()
        .filter(event -> event.path("app").asText().equals(id))
        .toList();
  }

  /** What is counted of an app goes on record now, not at the minute's end. */
  public static void sumUp(TestApp app) {
    app.server().summaries().flush(app.app());
    catchUp(app.server());
  }

  /** The types of the events of everything an app did before. */
  public static Set<String> types(TestApp app) {
    sumUp(app);
    Set<String> types = new TreeSet<>();
    of(app).forEach(event -> types.add(event.path("type").asText()));
    return types;
  }

  /** What was summed up of an app so far: the events of that type. */
  public static List<JsonNode> summaries(TestApp app, String type) {
    sumUp(app);
    return of(app).stream().filter(event -> event.path("type").asText().equals(type)).toList();
  }

  /**
   * How often what was summed up of an app.
   *
   * @param named what an event counts
   */
  public static Map<String, Integer> counts(
      TestApp app, String type, Function<JsonNode, String> named) {
    return summaries(app, type).stream()
        .collect(
            Collectors.toMap(
                named, event -> event.path("count").asInt(1), Integer::sum, TreeMap::new));
  }

  /** Waits for an event of an app: what nobody waits for comes a moment later. */
  public static JsonNode await(TestApp app, String type, Predicate<JsonNode> which) {
    return Awaitility.await(type)
        .atMost(PATIENCE)
        .until(
            () ->
                of(app).stream()
                    .filter(event -> event.path("type").asText().equals(type))
                    .filter(which)
                    .toList(),
            found -> !found.isEmpty())
        .getLast();
  }

  private static AuditLog log(PalisadeServer server) {
    Region home = server.regions().home();
    return server.audit().of(home).log().orElseThrow();
  }
}
