package im.palisade.server.app;

import im.palisade.server.store.Tenant;
import java.util.List;
import java.util.Set;

/**
 * A tenant.
 *
 * @param appId SDKAppID
 * @param region name of the region that holds its data
 * @param keys the active ones, newest first
 * @param administrators UserIDs that may call REST
 */
public record App(
    long appId,
    String name,
    Status status,
    String region,
    AppSettings settings,
    List<AppKey> keys,
    Set<String> administrators)
    implements Tenant {

  /** Whether the app may be used. */
  public enum Status {
    ACTIVE(1),
    DISABLED(2),
    /** Waits for the destruction of its data. */
    CLOSED(3);

    private final int code;

    Status(int code) {
      this.code = code;
    }

    /** How it is stored. */
    int code() {
      return code;
    }

    static Status ofCode(int code) {
      return switch (code) {
        case 1 -> ACTIVE;
        case 3 -> CLOSED;
        default -> DISABLED;
      };
    }
  }

  public App {
    keys = List.copyOf(keys);
    administrators = Set.copyOf(administrators);
  }

  /** The same with other settings. */
  App with(AppSettings others) {
    return new App(appId, name, status, region, others, keys, administrators);
  }

  /** The same in another state. */
  App with(Status other) {
    return new App(appId, name, other, region, settings, keys, administrators);
  }

  /** The same under another name. */
  App named(String other) {
    return new App(appId, other, status, region, settings, keys, administrators);
  }

  /** Whether REST calls and logins are served. */
  public boolean isActive() {
    return status == Status.ACTIVE;
  }
}
