package im.palisade.server.push;

import im.palisade.server.account.AccountService;
import im.palisade.server.app.AppService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.gateway.SessionListener;
import im.palisade.server.jobs.Job;
import im.palisade.server.message.Bundles;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.store.Regions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The parts of this feature, put together. */
public final class PushFeature implements AutoCloseable {
  /** Longer than a random may not repeat and a push may wait. */
  private static final Duration KEPT = Duration.ofDays(8);

  private final PushRunner runner;
  private final List<Endpoint> endpoints = new ArrayList<>();

  public PushFeature(
      Regions regions,
      AppService apps,
      AccountService accounts,
      SessionDirectory sessions,
      Bundles bundles,
      PushHook hook,
      Clock clock) {
    PushAudience audience = new PushAudience(regions, accounts);
    runner = new PushRunner(regions, apps, accounts, sessions, hook, clock);
    endpoints.addAll(new AudienceRestApi(audience).endpoints());
    endpoints.addAll(
        new PushRestApi(new PushService(regions, clock), audience, runner, accounts, bundles)
            .endpoints());
  }

  /** REST endpoints. */
  public List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Who must hear of logins: pushes wait for them. */
  public SessionListener sessionListener() {
    return runner;
  }

  /** Deletes tasks nobody asks for any more. */
  public Job retention() {
    return new Job(
        "push-retention",
        Duration.ofHours(1),
        AuditDeclaration.none("a task's acceptance is on record; only its delivery ends here"),
        () -> runner.deleteOld(KEPT));
  }

  /** Ends after the page under way. */
  @Override
  public void close() {
    runner.close();
  }
}
