package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.group.AttributeStore.Attributes;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/** Free attributes of groups, written as a whole map (rest-groups-advanced Part D). */
public final class GroupAttributes {
  private static final int MAX_KEYS = 16;
  private static final int MAX_KEY = 32;
  private static final int MAX_VALUE = 4_000;
  private static final int MAX_SUM = 16_000;
  private static final int WRITES_PER_SECOND = 5;
  private static final int COUNTED_GROUPS = 50_000;

  private final Regions regions;
  private final GroupOrder order;
  private final GroupSay say;
  private final Standings standings;
  private final AttributeStore store = new AttributeStore();
  private final Clock clock;
  private final Cache<Long, Deque<Long>> writes =
      Caffeine.newBuilder().maximumSize(COUNTED_GROUPS).build();

  GroupAttributes(
      Regions regions, GroupOrder order, GroupSay say, Standings standings, Clock clock) {
    this.regions = regions;
    this.order = order;
    this.say = say;
    this.standings = standings;
    this.clock = clock;
  }

  /** All attributes at a version. */
  public record Version(long number, Map<String, String> pairs) {}

  /** The group's attributes. */
  public Version read(App app, Group group) {
    Attributes found = regions.of(app).read(connection -> store.find(connection, group.id()));
    return new Version(found.version(), found.pairs());
  }

  /**
   * What a call wrote, as webhooks tell it.
   *
   * @param option on the wire
   */
  private record Written(String option, Map<String, String> pairs) {}

  /** Keys that are no more, each with no value. */
  private static Map<String, String> named(Collection<String> keys) {
    Map<String, String> pairs = new LinkedHashMap<>();
    keys.forEach(key -> pairs.put(key, ""));
    return pairs;
  }

  /**
   * Adds or overwrites keys.
   *
   * @param expected the version a client has seen; the last writer wins when empty
   * @throws ImException GROUP_ATTRIBUTE_…
   */
  public void modify(
      App app, Actor actor, Group group, Map<String, String> pairs, OptionalLong expected) {
    check(pairs);
    write(
        app,
        actor,
        group,
        expected,
        new Written("modify", pairs),
        present -> {
          Map<String, String> merged = new LinkedHashMap<>(present);
          merged.putAll(pairs);
          return merged;
        });
  }

  /**
   * Replaces the whole map; an empty one clears.
   *
   * @throws ImException GROUP_ATTRIBUTE_…
   */
  public void set(
      App app, Actor actor, Group group, Map<String, String> pairs, OptionalLong expected) {
    check(pairs);
    Written written = new Written(pairs.isEmpty() ? "clear" : "set", pairs);
    write(app, actor, group, expected, written, present -> pairs);
  }

  /**
   * Removes keys.
   *
   * @throws ImException GROUP_ATTRIBUTE_NOT_FOUND when one is missing, and as {@link #modify}
   */
  public void delete(
      App app, Actor actor, Group group, Collection<String> keys, OptionalLong expected) {
    write(
        app,
        actor,
        group,
        expected,
        new Written("delete", named(keys)),
        present -> {
          Map<String, String> left = new LinkedHashMap<>(present);
          for (String key : keys) {
            if (left.remove(key) == null) {
              throw new ImException(ErrorCode.GROUP_ATTRIBUTE_NOT_FOUND, "no attribute " + key);
            }
          }
          return left;
        });
  }

  private void write(
      App app,
      Actor actor,
      Group group,
      OptionalLong expected,
      Written written,
      UnaryOperator<Map<String, String>> change) {
    if (standings.of(app, actor, group) == Standing.OUTSIDER) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    takeTurn(group);
    order.change(
        app,
        group,
        changing -> {
          Attributes before = store.find(changing.connection(), group.id());
          if (expected.isPresent() && expected.getAsLong() != before.version()) {
            throw new ImException(ErrorCode.GROUP_ATTRIBUTE_CONFLICT);
          }
          Map<String, String> pairs = change.apply(before.pairs());
          checkSum(pairs);
          if (!pairs.equals(before.pairs())) {
            Attributes after = new Attributes(before.version() + 1, pairs);
            store.save(changing.connection(), group.id(), after);
            changing.record(actor, "group.update", List.of());
            changing.happened(
                actor, new GroupHook.Fact.AttributesChanged(written.option(), written.pairs()));
            changing.unit().onCommit(() -> tell(app, changing.group(), after));
          }
          return null;
        });
  }

  private void tell(App app, Group group, Attributes attributes) {
    ObjectNode json =
        Json.object().put("groupId", group.groupId()).put("version", attributes.version());
    json.set("attributes", Json.mapper().valueToTree(attributes.pairs()));
    say.toMembers(app, group, EncodedFrame.event(ClientEvent.GROUP_ATTRIBUTES, json));
  }

  private static void check(Map<String, String> pairs) {
    pairs.forEach(
        (key, value) -> {
          int length = bytes(key);
          if (length < 1 || length > MAX_KEY) {
            throw new ImException(ErrorCode.GROUP_ATTRIBUTE_KEY_TOO_LONG);
          }
          if (bytes(value) > MAX_VALUE) {
            throw new ImException(ErrorCode.GROUP_ATTRIBUTE_VALUE_TOO_LONG);
          }
        });
  }

  private static void checkSum(Map<String, String> pairs) {
    if (pairs.size() > MAX_KEYS) {
      throw new ImException(ErrorCode.GROUP_ATTRIBUTES_EXCEEDED);
    }
    if (pairs.values().stream().mapToInt(GroupAttributes::bytes).sum() > MAX_SUM) {
      throw new ImException(ErrorCode.GROUP_ATTRIBUTES_TOO_LARGE);
    }
  }

  /** A sliding second per group and node. */
  private void takeTurn(Group group) {
    long now = clock.millis();
    Deque<Long> recent = writes.get(group.id(), id -> new ArrayDeque<>());
    synchronized (recent) {
      while (!recent.isEmpty() && recent.peekFirst() <= now - 1_000) {
        recent.removeFirst();
      }
      if (recent.size() >= WRITES_PER_SECOND) {
        throw new ImException(ErrorCode.GROUP_ATTRIBUTE_RATE_EXCEEDED);
      }
      recent.addLast(now);
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
