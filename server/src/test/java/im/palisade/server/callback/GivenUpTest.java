package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.testing.AuditLeaves;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GivenUpTest {
  private final TestApp app = TestServer.shared().newApp();

  @Test
  void webhooksThatAreGivenUpAreOnRecordWithTheirNumber() {
    app.server()
        .regions()
        .of(app.app())
        .inUnitOfWork(
            unit -> {
              unit.record(GivenUp.event(app.appId(), 7, Instant.now()));
              return null;
            });
    assertEquals(7, AuditLeaves.await(app, "callback.dropped", _ -> true).path("count").asInt());
  }
}
