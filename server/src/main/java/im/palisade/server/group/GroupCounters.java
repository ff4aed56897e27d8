package im.palisade.server.group;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.App;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Named numbers of groups (rest-groups-advanced Part E). */
public final class GroupCounters {
  /** Most counters of a group. */
  public static final int MAX_COUNTERS = 20;

  /** Longest key in UTF-8 bytes. */
  public static final int MAX_KEY = 128;

  private final Regions regions;
  private final GroupOrder order;
  private final GroupSay say;
  private final Standings standings;
  private final CounterStore store = new CounterStore();

  GroupCounters(Regions regions, GroupOrder order, GroupSay say, Standings standings) {
    this.regions = regions;
    this.order = order;
    this.say = say;
    this.standings = standings;
  }

  /** What an update does with the numbers given. */
  public enum Mode {
    SET,
    INCREASE,
    DECREASE
  }

  /**
   * All counters by key.
   *
   * @throws ImException GROUP_COUNTERS_OFF, GROUP_NOT_PERMITTED
   */
  public Map<String, Long> read(App app, Group group) {
    check(app, group);
    return regions.of(app).read(connection -> store.all(connection, group.id()));
  }

  /**
   * Changes counters, all or none; a missing one counts from 0.
   *
   * @return the changed ones with their new values
   * @throws ImException GROUP_COUNTERS_OFF, GROUP_NOT_PERMITTED, GROUP_COUNTERS_EXCEEDED,
   *     GROUP_INVALID_PARAMETER when a number would leave 64 bits
   */
  public Map<String, Long> update(
      App app, Actor actor, Group group, Map<String, Long> values, Mode mode) {
    check(app, group);
    permit(app, actor, group);
    return order.change(
        app,
        group,
        changing -> {
          Map<String, Long> present = store.all(changing.connection(), group.id());
          Map<String, Long> changed = new LinkedHashMap<>();
          values.forEach(
              (key, value) ->
                  changed.put(key, applied(present.getOrDefault(key, 0L), value, mode)));
          long more = changed.keySet().stream().filter(key -> !present.containsKey(key)).count();
          if (present.size() + more > MAX_COUNTERS) {
            throw new ImException(ErrorCode.GROUP_COUNTERS_EXCEEDED);
          }
          store.save(changing.connection(), group.id(), changed);
          changing.record(actor, "group.update", List.of());
          changing.unit().onCommit(() -> tell(app, changing.group(), changed));
          return changed;
        });
  }

  /**
   * Deletes counters; missing ones are passed over.
   *
   * @param keys all of them when empty
   * @throws ImException GROUP_COUNTERS_OFF, GROUP_NOT_PERMITTED
   */
  public void delete(App app, Actor actor, Group group, Collection<String> keys) {
    check(app, group);
    permit(app, actor, group);
    order.change(
        app,
        group,
        changing -> {
          Collection<String> gone =
              keys.isEmpty()
                  ? store.all(changing.connection(), group.id()).keySet()
                  : List.copyOf(keys);
          store.delete(changing.connection(), group.id(), gone);
          changing.record(actor, "group.update", List.of());
          return null;
        });
  }

  private static void check(App app, Group group) {
    if (!app.settings().groups().counters()) {
      throw new ImException(ErrorCode.GROUP_COUNTERS_OFF);
    }
    if (!group.type().hasCounters(group.supportTopic())) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED, "the group has no counters");
    }
  }

  private void permit(App app, Actor actor, Group group) {
    if (standings.of(app, actor, group) == Standing.OUTSIDER) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
  }

  private static long applied(long present, long value, Mode mode) {
    try {
      return switch (mode) {
        case SET -> value;
        case INCREASE -> Math.addExact(present, value);
        case DECREASE -> Math.subtractExact(present, value);
      };
    } catch (ArithmeticException e) {
      throw new ImException(ErrorCode.GROUP_INVALID_PARAMETER, "a counter would overflow");
    }
  }

  private void tell(App app, Group group, Map<String, Long> changed) {
    ObjectNode json = Json.object().put("groupId", group.groupId());
    ArrayNode list = json.putArray("counters");
    changed.forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    say.toMembers(app, group, EncodedFrame.event(ClientEvent.GROUP_COUNTERS, json));
  }
}
