package im.palisade.server.admin;

import im.palisade.server.PalisadeServer;
import im.palisade.server.admin.door.AdminServer;
import im.palisade.server.admin.door.ConsoleSettings;
import im.palisade.server.admin.door.ConsoleSettings.SecondFactor;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.SecretBox;
import im.palisade.server.security.TlsSettings;
import im.palisade.server.security.TransportSecurity;
import im.palisade.server.store.AuditJournal;
import im.palisade.server.testing.TestConsole;
import im.palisade.server.testing.TestServer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** A second listener over the shared server's store, with a clock and settings of a test's own. */
final class ConsoleUnderTest implements AutoCloseable {
  private static final String MASTER_KEY = "5a".repeat(32);

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final AdminFeature feature;
  private final AdminServer listener;
  private final String url;

  ConsoleUnderTest(SecondFactor secondFactor) {
    PalisadeServer server = TestServer.shared().server();
    // The first administrator comes from the shared server itself.
    var _ = TestConsole.superAdministrator();
    ConsoleSettings settings =
        new ConsoleSettings(
            "127.0.0.1",
            0,
            Duration.ofMinutes(15),
            Duration.ofHours(12),
            Duration.ofMinutes(5),
            secondFactor,
            List.of(AddressBlock.parse("127.0.0.0/8")),
            List.of());
    feature =
        new AdminFeature(
            settings,
            server.regions(),
            server.apps(),
            new AuditJournal(server.regions()),
            new SecretBox(MASTER_KEY),
            Path.of(System.getProperty("java.io.tmpdir")),
            List.of(),
            new TestClock());
    listener = feature.server(TransportSecurity.load(TlsSettings.none()));
    url = "http://127.0.0.1:" + listener.start();
  }

  /** A browser. */
  TestConsole browser() {
    return TestConsole.at(url);
  }

  void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  Instant now() {
    return now.get();
  }

  void sweep() {
    feature.sweeping().work().run();
  }

  @Override
  public void close() {
    listener.stop();
  }

  private final class TestClock extends Clock {
    @Override
    public Instant instant() {
      return now.get();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
