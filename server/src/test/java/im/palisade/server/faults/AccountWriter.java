package im.palisade.server.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A back end that makes accounts and deletes every third, and remembers what it was told was done.
 */
final class AccountWriter implements AutoCloseable {
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);

  private final Load load;
  private final Set<String> made = ConcurrentHashMap.newKeySet();
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();
  private final Thread thread;

  AccountWriter(Load load) {
    this.load = load;
    this.thread = Thread.ofVirtual().name("account-writer").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Set<String> made() {
    return made;
  }

  Set<String> deleted() {
    return deleted;
  }

  /** Waits for its end, which the load's end brings. */
  void join() throws InterruptedException {
    thread.join();
  }

  private void run() {
    try {
      String sig = "";
      for (int i = 0; !load.isStopping(); i++) {
        ConnectionFile server = load.server();
        sig = sig.isEmpty() ? server.sign(server.administrator(), SIG_VALIDITY) : sig;
        String userId = "made-" + i;
        try {
          ObjectNode account = Json.object().put("UserID", userId);
          if (isDone(
              ServerProcess.rest(server, sig, "im_open_login_svc/account_import", account))) {
            made.add(userId);
            if (i % 3 == 0 && isDone(delete(server, sig, userId))) {
              deleted.add(userId);
            }
          }
        } catch (IOException e) {
          Load.backOff();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static JsonNode delete(ConnectionFile server, String sig, String userId)
      throws IOException, InterruptedException {
    ObjectNode body = Json.object();
    body.putArray("DeleteItem").addObject().put("UserID", userId);
    return ServerProcess.rest(server, sig, "im_open_login_svc/account_delete", body);
  }

  private static boolean isDone(JsonNode reply) {
    return reply.path("ErrorCode").asInt(-1) == 0
        && reply.path("ResultItem").path(0).path("ResultCode").asInt() == 0;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
