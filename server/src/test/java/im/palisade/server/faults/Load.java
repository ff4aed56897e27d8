package im.palisade.server.faults;

import im.palisade.cli.ConnectionFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * Users who keep sending whatever happens to the server: each goes on where it was when the server
 * is back. Ends with every client message acknowledged.
 */
final class Load implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long PAUSE_MILLIS = 10;

  private final AtomicLong acknowledged = new AtomicLong();
  private final Map<Integer, AtomicInteger> refusals = new ConcurrentSkipListMap<>();
  private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final List<Sender> senders = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile CompletableFuture<ConnectionFile> server = new CompletableFuture<>();
  private volatile boolean stopping;

  /** Somebody who sends into one conversation. */
  interface Sender {
    /** Sends until the load stops; throws what a server must not do. */
    void send() throws InterruptedException;

    String from();

    String to();

    List<Attempt> attempts();
  }

  /** A client that sends, a few messages in flight. */
  Load client(String from, String to) {
    senders.add(new ClientSender(this, from, to));
    return this;
  }

  /** Workers that send through REST as that user, one message in flight each. */
  Load rest(String from, String to, int workers) {
    for (int worker = 0; worker < workers; worker++) {
      senders.add(new RestSender(this, from, to, worker));
    }
    return this;
  }

  Load start() {
    for (Sender sender : senders) {
      threads.add(Thread.ofVirtual().name("load-" + sender.from()).start(() -> run(sender)));
    }
    return this;
  }

  private void run(Sender sender) {
    try {
      sender.send();
    } catch (InterruptedException | RuntimeException | Error e) {
      faults.add(e);
    }
  }

  /** The server is there. */
  void serverIsAt(ConnectionFile facts) {
    server.complete(facts);
  }

  /** The server is about to go. */
  void serverGoes() {
    if (server.isDone()) {
      server = new CompletableFuture<>();
    }
  }

  /** Where the server is; waits while there is none. */
  ConnectionFile server() throws InterruptedException {
    try {
      return server.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no server came", e);
    }
  }

  boolean isStopping() {
    return stopping;
  }

  void acknowledged() {
    acknowledged.incrementAndGet();
  }

  void refused(int code) {
    refusals.computeIfAbsent(code, c -> new AtomicInteger()).incrementAndGet();
  }

  /** What a client does before it tries again. */
  static void backOff() throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
  }

  /** Waits until so many more messages have been acknowledged. */
  void awaitMore(long messages) {
    long wanted = acknowledged.get() + messages;
    Awaitility.await("messages acknowledged")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              check();
              return acknowledged.get() >= wanted;
            });
  }

  long acknowledgedSoFar() {
    return acknowledged.get();
  }

  /** The codes with which sends were refused, and how often. */
  Map<Integer, AtomicInteger> refusals() {
    return new TreeMap<>(refusals);
  }

  /** Lets everyone finish and fails when a sender saw what it must not see. */
  void stop() throws InterruptedException {
    stopping = true;
    for (Thread thread : threads) {
      if (!thread.join(PATIENCE)) {
        throw new AssertionError(thread.getName() + " waits for an answer for ever");
      }
    }
    check();
  }

  List<Sender> senders() {
    return List.copyOf(senders);
  }

  private void check() {
    if (!faults.isEmpty()) {
      throw new AssertionError("a sender failed", faults.peek());
    }
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
