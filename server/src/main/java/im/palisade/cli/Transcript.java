package im.palisade.cli;

import im.palisade.client.HistoryPage;
import im.palisade.client.HistoryRange;
import im.palisade.client.ImDisconnectedException;
import im.palisade.client.ImMessage;
import im.palisade.client.ImRefusedException;
import im.palisade.client.Sent;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * What the person has been shown, each message once and in order. Gaps are closed from history
 * (client-protocol "Receiving"). Used by one thread at a time.
 */
final class Transcript {
  private static final int REMEMBERED = 1000;
  private static final int PAGE = 100;
  private static final int PAGES = 10;
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm:ss");
  private static final DateTimeFormatter EARLIER = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private final String me;
  private final ChatLink link;
  private final Screen screen;
  private final Clock clock;
  private final Map<String, Seen> conversations = new HashMap<>();

  /** How far one conversation has been shown. */
  private static final class Seen {
    long last;
    final Set<String> keys =
        java.util.Collections.newSetFromMap(
            new LinkedHashMap<>() {
              private static final long serialVersionUID = 1L;

              @Override
              protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > REMEMBERED;
              }
            });
  }

  Transcript(String me, ChatLink link, Screen screen, Clock clock) {
    this.me = me;
    this.link = link;
    this.screen = screen;
    this.clock = clock;
  }

  /** A message came in: shown after whatever is missing before it. */
  void arrived(ImMessage message) throws InterruptedException {
    Seen seen = seen(message.conversation());
    if (seen.last > 0 && message.seq() > seen.last + 1) {
      fetchAfter(message.conversation(), seen);
    }
    show(message, seen);
  }

  /** One of this terminal's own messages became durable. */
  void sent(String conversation, Sent sent, String text) {
    Seen seen = seen(conversation);
    if (sent.seq() == seen.last + 1 || seen.last == 0) {
      // Otherwise another message came in between, which its event or the next gap brings.
      seen.last = sent.seq();
    }
    if ((sent.seq() == 0 || seen.keys.add(sent.msgKey())) && !screen.echoes()) {
      screen.show(line(sent.time(), me, conversation, text));
    }
  }

  /** Shows the newest messages of a conversation again. */
  void showNewest(String conversation, int limit) throws InterruptedException {
    HistoryPage page = history(conversation, new HistoryRange.Newest(), limit);
    Seen seen = seen(conversation);
    for (ImMessage message : page.messages()) {
      seen.keys.remove(message.msgKey());
      show(message, seen);
    }
  }

  /** After a reconnect: shows what arrived meanwhile in the conversations seen so far. */
  void catchUp() throws InterruptedException {
    for (var entry : List.copyOf(conversations.entrySet())) {
      fetchAfter(entry.getKey(), entry.getValue());
    }
  }

  private void fetchAfter(String conversation, Seen seen) throws InterruptedException {
    for (int page = 0; page < PAGES; page++) {
      HistoryPage missing = history(conversation, new HistoryRange.After(seen.last), PAGE);
      missing.messages().forEach(message -> show(message, seen));
      if (missing.complete() || missing.messages().isEmpty()) {
        return;
      }
    }
    screen.show("* more has arrived from " + Conversations.peer(conversation) + " than fits here");
  }

  private HistoryPage history(String conversation, HistoryRange range, int limit)
      throws InterruptedException {
    try {
      return link.client()
          .history(conversation, range, limit)
          .orTimeout(10, TimeUnit.SECONDS)
          .join();
    } catch (ChatLink.EndedException e) {
      return new HistoryPage(List.of(), true);
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case ImRefusedException refused ->
            screen.show(
                "* no history of %s: %d %s"
                    .formatted(
                        Conversations.peer(conversation),
                        refused.code(),
                        SafeText.line(refused.info())));
        case ImDisconnectedException _ -> {
          // The reconnect that follows catches up.
        }
        default -> screen.show("* the history did not come in time");
      }
      return new HistoryPage(List.of(), true);
    }
  }

  private void show(ImMessage message, Seen seen) {
    seen.last = Math.max(seen.last, message.seq());
    if (message.seq() == 0 || seen.keys.add(message.msgKey())) {
      screen.show(line(message.time(), message.from(), message.conversation(), message.text()));
    }
  }

  private Seen seen(String conversation) {
    return conversations.computeIfAbsent(conversation, c -> new Seen());
  }

  private String line(long unixSeconds, String from, String conversation, String text) {
    String who = SafeText.line(from);
    if (from.equals(me) || Conversations.isGroup(conversation)) {
      who += " > " + Conversations.peer(conversation);
    }
    return "%s %s: %s".formatted(time(unixSeconds), who, SafeText.lines(text));
  }

  private String time(long unixSeconds) {
    LocalDateTime then =
        LocalDateTime.ofInstant(Instant.ofEpochSecond(unixSeconds), clock.getZone());
    boolean today = then.toLocalDate().equals(LocalDateTime.now(clock).toLocalDate());
    return then.format(today ? TODAY : EARLIER);
  }
}
