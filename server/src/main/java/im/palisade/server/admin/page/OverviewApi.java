package im.palisade.server.admin.page;

import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.stats.Statistics;
import im.palisade.server.store.Counter;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Figures of an app by day, and of this node as they run. */
public final class OverviewApi {
  private static final String TAG = "overview";

  private final Statistics statistics;
  private final LiveSeries series;

  OverviewApi(Statistics statistics, LiveSeries series) {
    this.statistics = statistics;
    this.series = series;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.get("/apps/{app}/overview", TAG, "An app's figures by day, newest first")
            .needs(Permission.OVERVIEW_READ)
            .recordsNone("counts name nobody")
            .handledBy(DayQuery.class, AppOverview.class, this::app),
        AdminEndpoint.get("/apps/{app}/overview/now", TAG, "Who of an app is online now")
            .needs(Permission.OVERVIEW_READ)
            .passive()
            .recordsNone("counts name nobody")
            .handledBy(Nothing.class, AppNow.class, this::now),
        AdminEndpoint.get("/overview/live", TAG, "This node's figures as they run, for charts")
            .needs(Permission.NODES_READ)
            .passive()
            .recordsNone("counts name nobody")
            .handledBy(LiveQuery.class, LiveFigures.class, this::live));
  }

  /** How far back. */
  public record DayQuery(
      @Meaning("days; 30 unless given") @Within(min = 1, max = 400) Optional<Integer> days) {}

  /** Figures. */
  @Meaning("An app's figures.")
  public record AppOverview(
      @Meaning("accounts that are online at this node") int online,
      @Meaning("days that are over, newest first") List<DayFigures> days) {}

  /** A day. */
  @Meaning("A day of an app that is over, in its own time zone.")
  public record DayFigures(
      @Meaning("as 2026-01-31") String date,
      @Meaning("accounts created up to its end") long users,
      @Meaning("accounts created on it") long newUsers,
      @Meaning("counts by name; one that is missing is 0") Map<String, Long> counts) {}

  /** Now. */
  @Meaning("What is true of an app now.")
  public record AppNow(@Meaning("accounts that are online at this node") int online) {}

  /** What is wanted. */
  public record LiveQuery(
      @Meaning("only what is newer") Optional<Instant> since,
      @Meaning("points of a minute for the last day, instead of ten seconds for the last hour")
          Optional<Boolean> minutes) {}

  /** Series. */
  @Meaning("Figures of this node as they run; kept in memory, so a restart begins anew.")
  public record LiveFigures(
      @Meaning("seconds between two points") int step,
      @Meaning("oldest first") List<LivePoint> points) {}

  /** A point. */
  @Meaning("Figures at one time; rates are of the time since the point before.")
  public record LivePoint(
      @Meaning("when") Instant at,
      @Meaning("signed-in connections") double sessions,
      @Meaning("accounts online") double online,
      @Meaning("messages stored a second") double messagesPerSecond,
      @Meaning("messages in live rooms a second") double roomMessagesPerSecond,
      @Meaning("REST calls a second") double restPerSecond,
      @Meaning("webhooks that wait") double webhooksWaiting,
      @Meaning("share of this machine's processors this process uses, 0 to 1") double cpu,
      @Meaning("heap in use, in bytes") double heap) {}

  private AppOverview app(AdminCall call, DayQuery in) {
    return new AppOverview(
        statistics.onlineNow(call.app()),
        statistics.days(call.app(), in.days().orElse(30)).stream()
            .map(OverviewApi::figures)
            .toList());
  }

  private static DayFigures figures(Statistics.Day day) {
    Map<String, Long> counts = new TreeMap<>();
    Arrays.stream(Counter.values())
        .filter(counter -> day.counts().containsKey(counter))
        .forEach(
            counter ->
                counts.put(
                    counter.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    day.counts().get(counter)));
    counts.put("groups", day.groups());
    counts.put("groups-created", day.groupsCreated());
    counts.put("groups-dissolved", day.groupsDissolved());
    return new DayFigures(day.date().toString(), day.registeredTotal(), day.registered(), counts);
  }

  private AppNow now(AdminCall call, Nothing in) {
    return new AppNow(statistics.onlineNow(call.app()));
  }

  private LiveFigures live(AdminCall call, LiveQuery in) {
    boolean minutes = in.minutes().orElse(false);
    return new LiveFigures(
        minutes ? LiveSeries.MINUTE : LiveSeries.STEP,
        series.since(minutes, in.since().orElse(Instant.EPOCH)));
  }
}
