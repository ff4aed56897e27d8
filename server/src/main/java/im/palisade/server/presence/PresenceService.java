package im.palisade.server.presence;

import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.gateway.CloseCause;
import im.palisade.server.gateway.Session;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.presence.DeviceStore.Change;
import im.palisade.server.presence.DeviceStore.Device;
import im.palisade.server.protocol.Platform;
import im.palisade.server.store.BatchWorker;
import im.palisade.server.store.Region;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is online (rest-accounts A6). Live connections are known from the gateway; a mobile device
 * that lost its connection without logging out stays reachable by push for seven days.
 */
public final class PresenceService implements SessionListener, AutoCloseable {
  private static final Duration PUSH_ONLINE = Duration.ofDays(7);

  private final Regions regions;
  private final SessionDirectory sessions;
  private final Clock clock;
  private final DeviceStore store = new DeviceStore();
  private final Map<String, BatchWorker<Change>> workers = new ConcurrentHashMap<>();

  public PresenceService(
      Regions regions, AccountService accounts, SessionDirectory sessions, Clock clock) {
    this.regions = regions;
    this.sessions = sessions;
    this.clock = clock;
    accounts.onSignOut((unit, account) -> store.deleteAll(unit.connection(), account.id()));
  }

  /** How a device or an account is to be reached; the greater, the better. */
  public enum Status {
    OFFLINE("Offline"),
    PUSH_ONLINE("PushOnline"),
    ONLINE("Online");

    private final String restName;

    Status(String restName) {
      this.restName = restName;
    }

    /** As REST reports it. */
    public String restName() {
      return restName;
    }
  }

  /**
   * An account's presence.
   *
   * @param platforms every platform that is not offline
   */
  public record Presence(Status status, Map<Platform, Status> platforms) {}

  /** The presence of accounts of one app, by internal id. */
  public Map<Long, Presence> of(App app, Collection<Account> accounts) {
    List<Long> ids = accounts.stream().map(Account::id).toList();
    long since = clock.instant().minus(PUSH_ONLINE).getEpochSecond();
    Map<Long, List<Device>> devices =
        regions.of(app).read(connection -> store.find(connection, ids, since));
    Map<Long, Presence> found = new ConcurrentHashMap<>();
    for (long id : ids) {
      found.put(id, presence(id, devices.getOrDefault(id, List.of())));
    }
    return found;
  }

  @Override
  public void opened(Session session, List<Session> kicked) {
    if (session.platform().isMobile()) {
      change(session, true);
    }
  }

  @Override
  public void closed(Session session, CloseCause cause) {
    if (!session.platform().isMobile()) {
      return;
    }
    switch (cause) {
      case LOGOUT, KICKED_BY_LOGIN, KICKED_BY_ADMIN, SIG_EXPIRED -> change(session, false);
      case LOST, TIMED_OUT, VIOLATION, SLOW_READER, FLOOD, SHUTDOWN -> change(session, true);
      case REPLACED -> {
        // The same device goes on under its new connection.
      }
    }
  }

  /** Writes what has come and ends. */
  @Override
  public void close() {
    for (BatchWorker<Change> worker : workers.values()) {
      worker.close();
    }
  }

  private Presence presence(long accountId, List<Device> devices) {
    Map<Platform, Status> platforms = new EnumMap<>(Platform.class);
    devices.forEach(
        device -> platforms.put(Platform.ofCode(device.platform()), Status.PUSH_ONLINE));
    sessions.of(accountId).forEach(session -> platforms.put(session.platform(), Status.ONLINE));
    Status best = platforms.values().stream().max(Status::compareTo).orElse(Status.OFFLINE);
    return new Presence(best, platforms);
  }

  private void change(Session session, boolean present) {
    Region region = regions.of(session.principal().app());
    workers
        .computeIfAbsent(
            region.name(),
            name -> new BatchWorker<>("devices-" + name, changes -> write(region, changes)))
        .add(
            new Change(
                session.principal().accountId(),
                session.platform().code(),
                session.deviceId(),
                present,
                clock.instant().getEpochSecond()));
  }

  private void write(Region region, List<Change> changes) {
    region.inUnitOfWork(
        unit -> {
          store.apply(unit.connection(), changes);
          return null;
        });
  }
}
