package im.palisade.server.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.cli.ConnectionFile;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A back end that sends through REST and never repeats: what was not acknowledged may be there once
 * or not at all.
 */
final class RestSender implements Load.Sender {
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);

  /** Randoms of other senders of the same user begin elsewhere. */
  private static final long RANDOMS = 100_000_000L;

  /** Outcome unknown, internal error, timeout, overload. */
  private static final Set<Integer> RETRY = Set.of(90992, 90994, 91000, 60018);

  private final Load load;
  private final String from;
  private final String to;
  private final int worker;
  private final List<Attempt> attempts = new ArrayList<>();

  RestSender(Load load, String from, String to, int worker) {
    this.load = load;
    this.from = from;
    this.to = to;
    this.worker = worker;
  }

  @Override
  public String from() {
    return from;
  }

  @Override
  public String to() {
    return to;
  }

  @Override
  public List<Attempt> attempts() {
    return attempts;
  }

  @Override
  public void send() throws InterruptedException {
    ConnectionFile server = load.server();
    String sig = server.sign(server.administrator(), SIG_VALIDITY);
    while (!load.isStopping()) {
      server = load.server();
      Attempt attempt =
          new Attempt(
              from,
              (worker + 1) * RANDOMS + attempts.size(),
              "worker " + worker + " of " + from + " says " + attempts.size());
      attempts.add(attempt);
      try {
        take(attempt, ServerProcess.rest(server, sig, "openim/sendmsg", body(attempt)));
      } catch (IOException e) {
        Load.backOff();
      }
    }
  }

  private void take(Attempt attempt, JsonNode answer) {
    int code = answer.path("ErrorCode").asInt(-1);
    if (code == 0) {
      attempt.acknowledged(new Attempt.Ack(0, answer.path("MsgKey").asText()));
      load.acknowledged();
    } else if (RETRY.contains(code)) {
      load.refused(code);
    } else {
      throw new AssertionError(attempt + ": " + answer);
    }
  }

  private ObjectNode body(Attempt attempt) {
    ObjectNode body =
        Json.object()
            .put("From_Account", from)
            .put("To_Account", to)
            .put("MsgRandom", attempt.random());
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", attempt.text());
    return body;
  }
}
