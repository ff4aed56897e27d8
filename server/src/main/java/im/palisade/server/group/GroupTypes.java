package im.palisade.server.group;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import im.palisade.server.app.App;
import im.palisade.server.app.GroupSettings;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The group types of an app: the built-in ones as its settings change them, and its own. */
public final class GroupTypes {
  private static final Logger log = LoggerFactory.getLogger(GroupTypes.class);
  private static final int CACHED_SETTINGS = 10_000;

  /** What live rooms are told of is not the app's to decide (group-semantics §3.4). */
  private static final Set<Rule> FIXED = Rule.tipsOfLiveRooms();

  /** Settings are immutable and replaced when they change, so they are the key. */
  private final Cache<GroupSettings, Map<String, GroupType>> cache =
      Caffeine.newBuilder().maximumSize(CACHED_SETTINGS).weakKeys().build();

  /** The type of that name on the wire; today's names of Work and Meeting are understood. */
  public Optional<GroupType> named(App app, String name) {
    Map<String, GroupType> types = of(app);
    GroupType custom = types.get(name);
    return custom != null
        ? Optional.of(custom)
        : BaseType.named(name).map(base -> types.get(base.wireName()));
  }

  /**
   * The type of a stored group. One whose custom type is no longer in the settings follows its
   * base.
   */
  GroupType stored(App app, BaseType base, String customName) {
    Map<String, GroupType> types = of(app);
    GroupType custom = customName.isEmpty() ? null : types.get(customName);
    return custom == null ? types.get(base.wireName()) : custom;
  }

  private Map<String, GroupType> of(App app) {
    return cache.get(app.settings().groups(), GroupTypes::build);
  }

  private static Map<String, GroupType> build(GroupSettings settings) {
    Map<String, GroupType> types = new LinkedHashMap<>();
    for (BaseType base : BaseType.values()) {
      types.put(
          base.wireName(),
          new GroupType(
              base.wireName(),
              base,
              changed(
                  base,
                  RuleTable.of(base),
                  settings.rules().getOrDefault(base.wireName(), Map.of()),
                  base.wireName())));
    }
    for (GroupSettings.CustomType custom : settings.customTypes()) {
      Optional<BaseType> base = BaseType.named(custom.base());
      if (base.isEmpty() || BaseType.named(custom.name()).isPresent()) {
        log.warn("group type {} of base {} cannot be used", custom.name(), custom.base());
        continue;
      }
      GroupType under = types.get(base.get().wireName());
      types.put(
          custom.name(),
          new GroupType(
              custom.name(),
              base.get(),
              changed(base.get(), under.rules(), custom.overrides(), custom.name())));
    }
    return Map.copyOf(types);
  }

  private static Map<Rule, String> changed(
      BaseType base, Map<Rule, String> rules, Map<String, String> overrides, String type) {
    Map<Rule, String> changed = new EnumMap<>(rules);
    // What stands for several rules comes first, so that what is said of one of them holds.
    overrides.entrySet().stream()
        .sorted(Comparator.comparingInt(each -> -Rule.meant(each.getKey()).size()))
        .forEach(
            each -> {
              List<Rule> meant = Rule.meant(each.getKey());
              String value = each.getValue();
              boolean fixed =
                  base == BaseType.AV_CHAT_ROOM && meant.stream().anyMatch(FIXED::contains);
              if (meant.isEmpty() || fixed || !meant.getFirst().accepts(value)) {
                log.warn("group type {}: {} cannot be {}", type, each.getKey(), value);
              } else {
                meant.forEach(rule -> changed.put(rule, value));
              }
            });
    return changed;
  }
}
