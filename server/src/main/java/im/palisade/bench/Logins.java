package im.palisade.bench;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Logs users in, so many at a time, and either keeps or closes each connection. Made and used on
 * the generator's loop.
 */
final class Logins {
  private static final byte[] CODE = Bytes.ascii("\"code\":");

  /** What logs in: its first frame, and who hears of the connection afterwards. */
  record Candidate(ClientFrame login, LoadConnection.User then) {}

  /**
   * How it went.
   *
   * @param open those that are logged in, in no particular order
   * @param failures what went wrong, at most a few
   */
  record Outcome(List<LoadConnection> open, int succeeded, int failed, List<String> failures) {}

  private final Generator generator;
  private final URI url;
  private final List<Candidate> candidates;
  private final boolean keep;
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private final List<LoadConnection> open = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private int next;
  private int succeeded;
  private int failed;

  private Logins(Generator generator, URI url, List<Candidate> candidates, boolean keep) {
    this.generator = generator;
    this.url = url;
    this.candidates = candidates;
    this.keep = keep;
  }

  /**
   * Starts.
   *
   * @param atOnce logins under way at a time
   * @param keep whether connections stay; else each is closed when its login is answered
   */
  static CompletableFuture<Outcome> run(
      Generator generator, URI url, List<Candidate> candidates, int atOnce, boolean keep) {
    return generator.call(
        () -> {
          Logins logins = new Logins(generator, url, candidates, keep);
          for (int i = 0; i < atOnce; i++) {
            logins.startNext();
          }
          return logins.outcome;
        });
  }

  private void startNext() {
    if (next < candidates.size()) {
      Candidate candidate = candidates.get(next++);
      generator.open(url, new LoggingIn(candidate));
    } else if (succeeded + failed == candidates.size()) {
      outcome.complete(new Outcome(open, succeeded, failed, failures));
    }
  }

  private void fail(String what) {
    failed++;
    if (failures.size() < 5) {
      failures.add(what);
    }
    startNext();
  }

  /** One connection on its way; afterwards it passes everything on. */
  private final class LoggingIn implements LoadConnection.User {
    private final Candidate candidate;
    private boolean decided;

    LoggingIn(Candidate candidate) {
      this.candidate = candidate;
    }

    @Override
    public void onOpen(LoadConnection connection) {
      connection.send(candidate.login());
    }

    @Override
    public void onFrame(LoadConnection connection, byte[] payload, int length) {
      if (decided) {
        candidate.then().onFrame(connection, payload, length);
        return;
      }
      decided = true;
      long code = Bytes.numberAfter(payload, 0, length, CODE);
      if (code != 0) {
        connection.close();
        fail("login refused with " + code);
        return;
      }
      succeeded++;
      if (keep) {
        open.add(connection);
        candidate.then().onOpen(connection);
      } else {
        connection.close();
      }
      startNext();
    }

    @Override
    public void onClosed(LoadConnection connection, int code) {
      if (!decided) {
        decided = true;
        fail("closed with " + code + " before the login was answered");
      } else if (keep) {
        candidate.then().onClosed(connection, code);
      }
    }
  }
}
