package im.palisade.server.faults;

import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.client.ImDisconnectedException;
import im.palisade.client.ImRefusedException;
import im.palisade.client.Sent;
import im.palisade.server.testing.ServerProcess;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A client as the protocol wants it: what was not acknowledged is sent again with the same random,
 * after a lost connection in the order in which it was sent first.
 */
final class ClientSender implements Load.Sender {
  private static final int IN_FLIGHT = 4;

  /** The server gives up on a database that does not answer after 30 s, and then says so. */
  private static final long ANSWER_SECONDS = 45;

  /** Outcome unknown, internal error, internal error, overload: all say "retry". */
  private static final Set<Integer> RETRY = Set.of(20004, 20005, 60008, 60018);

  private final Load load;
  private final String from;
  private final String to;
  private final List<Attempt> attempts = new ArrayList<>();
  private final Deque<Flight> flying = new ArrayDeque<>();

  ClientSender(Load load, String from, String to) {
    this.load = load;
    this.from = from;
    this.to = to;
  }

  private record Flight(Attempt attempt, CompletableFuture<Sent> reply) {}

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
    boolean done = false;
    while (!done) {
      ConnectionFile server = load.server();
      try {
        ImClient client = ServerProcess.login(server, from);
        try {
          done = converse(client);
        } finally {
          client.abort();
        }
      } catch (IOException e) {
        Load.backOff();
      }
    }
  }

  /** Sends over one connection; true when everything is acknowledged and nothing is to follow. */
  private boolean converse(ImClient client) throws InterruptedException {
    for (int i = flying.size(); i > 0; i--) {
      fly(client, flying.poll().attempt());
    }
    while (true) {
      while (flying.size() < IN_FLIGHT && !load.isStopping()) {
        Attempt next = new Attempt(from, attempts.size(), from + " says " + attempts.size());
        attempts.add(next);
        fly(client, next);
      }
      if (flying.isEmpty()) {
        return true;
      }
      if (!land(client, flying.peek())) {
        keepUnanswered();
        return false;
      }
    }
  }

  private void fly(ImClient client, Attempt attempt) {
    flying.add(new Flight(attempt, client.sendText("C2C" + to, attempt.random(), attempt.text())));
  }

  /** Waits for the oldest answer; false when the connection is lost. */
  private boolean land(ImClient client, Flight flight) throws InterruptedException {
    try {
      Sent sent = flight.reply().get(ANSWER_SECONDS, TimeUnit.SECONDS);
      flying.remove(flight);
      acknowledge(flight.attempt(), sent);
      return true;
    } catch (TimeoutException e) {
      throw new AssertionError(flight.attempt() + " was never answered", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImRefusedException refusal) {
        if (!RETRY.contains(refusal.code())) {
          throw new AssertionError(
              flight.attempt() + ": " + refusal.code() + " " + refusal.info(), refusal);
        }
        load.refused(refusal.code());
        flying.remove(flight);
        flight.attempt().refused();
        fly(client, flight.attempt());
        return true;
      }
      if (e.getCause() instanceof ImDisconnectedException) {
        return false;
      }
      throw new AssertionError(flight.attempt().toString(), e.getCause());
    }
  }

  /** Answers that had come before the connection was lost still count. */
  private void keepUnanswered() {
    flying.removeIf(
        flight -> {
          boolean sent = flight.reply().isDone() && !flight.reply().isCompletedExceptionally();
          if (sent) {
            acknowledge(flight.attempt(), flight.reply().join());
          }
          return sent;
        });
  }

  private void acknowledge(Attempt attempt, Sent sent) {
    attempt.acknowledged(new Attempt.Ack(sent.seq(), sent.msgKey()));
    load.acknowledged();
  }
}
