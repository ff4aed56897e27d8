package im.palisade.cli;

import im.palisade.client.ImDisconnectedException;
import im.palisade.client.ImRefusedException;
import im.palisade.client.Sent;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * Messages on their way out, one after the other, so that they keep their order also when one has
 * to be sent again. A message whose reply was lost goes out with the same random, which the server
 * recognises.
 */
final class Outbox {
  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(15);
  private static final int REFUSALS_BORNE = 5;

  /** Codes that say the receiver has no account. */
  private static final Set<Integer> UNKNOWN_PEER = Set.of(20003, 90012, 70107, 10010);

  /** Hears what became of each message, in order; called from the outbox's own thread. */
  interface Observer {
    void onSent(Outgoing message, Sent sent);

    void onFailed(Outgoing message, String why);
  }

  /** One typed line. */
  record Outgoing(String conversation, long random, String text) {}

  private final ChatLink link;
  private final Observer observer;
  private final SecureRandom randoms = new SecureRandom();
  private final Deque<Outgoing> waiting = new ArrayDeque<>();
  private boolean failed;

  Outbox(ChatLink link, Observer observer) {
    this.link = link;
    this.observer = observer;
    Thread.ofVirtual().name("chat-outbox").start(this::run);
  }

  /** Queues a message; returns at once. */
  void add(String conversation, String text) {
    long random = 1 + randoms.nextLong(0xFFFF_FFFEL);
    synchronized (this) {
      waiting.addLast(new Outgoing(conversation, random, text));
      notifyAll();
    }
  }

  /** Waits until everything is out or the time is over; whether every message arrived so far. */
  boolean drain(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    synchronized (this) {
      while (!waiting.isEmpty()) {
        long left = (deadline - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return !failed;
    }
  }

  private void run() {
    try {
      while (true) {
        Outgoing message;
        synchronized (this) {
          while (waiting.isEmpty()) {
            wait();
          }
          message = waiting.getFirst();
        }
        boolean sent = send(message);
        synchronized (this) {
          failed |= !sent;
          waiting.removeFirst();
          notifyAll();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean send(Outgoing message) throws InterruptedException {
    int refusals = 0;
    while (true) {
      try {
        Sent sent =
            link.client()
                .sendText(message.conversation(), message.random(), message.text())
                .orTimeout(REPLY_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        observer.onSent(message, sent);
        return true;
      } catch (ChatLink.EndedException e) {
        observer.onFailed(message, e.getMessage());
        return false;
      } catch (CompletionException e) {
        if (e.getCause() instanceof ImRefusedException refused) {
          if (!Retry.mayHelp(refused.code()) || ++refusals > REFUSALS_BORNE) {
            observer.onFailed(message, explain(message, refused));
            return false;
          }
          Thread.sleep(Duration.ofMillis(200L << refusals));
        } else if (!(e.getCause() instanceof ImDisconnectedException)) {
          // No reply in time: the connection is dead without knowing it.
          link.client().abort();
        }
      }
    }
  }

  private static String explain(Outgoing message, ImRefusedException refused) {
    String why = "%d %s".formatted(refused.code(), SafeText.line(refused.info()));
    return UNKNOWN_PEER.contains(refused.code())
        ? "%s has no account yet (%s). An account comes with the user's first login"
                .formatted(Conversations.peer(message.conversation()), why)
            + " (./palisade chat NAME) or an import (account_import)."
        : why;
  }
}
