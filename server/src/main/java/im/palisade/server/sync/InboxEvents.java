package im.palisade.server.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Contact;
import im.palisade.server.gateway.ClientEvent;
import im.palisade.server.gateway.EncodedFrame;
import im.palisade.server.gateway.SessionDirectory;
import im.palisade.server.protocol.Json;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;

/**
 * Tells an account's devices what has become of conversations on its list. What is told is read
 * after the change, and reading and telling are one step per account: whatever is told last was
 * read last, so a device that stays connected ends with what the rows say.
 */
public final class InboxEvents {
  private static final int STRIPES = 64;
  private static final int PART = 50;

  private final Inbox inbox;
  private final SessionDirectory sessions;
  private final List<ReentrantLock> locks =
      IntStream.range(0, STRIPES).mapToObj(each -> new ReentrantLock()).toList();

  public InboxEvents(Inbox inbox, SessionDirectory sessions) {
    this.inbox = inbox;
    this.sessions = sessions;
  }

  /** These conversations are other ones now, or on the list no more. */
  public void changed(App app, Account owner, List<Contact> contacts) {
    if (contacts.isEmpty() || sessions.of(owner.id()).isEmpty()) {
      return;
    }
    ReentrantLock lock = locks.get((int) (owner.id() % STRIPES));
    lock.lock();
    try {
      for (int done = 0; done < contacts.size(); done += PART) {
        tell(app, owner, contacts.subList(done, Math.min(contacts.size(), done + PART)));
      }
    } finally {
      lock.unlock();
    }
  }

  private void tell(App app, Account owner, List<Contact> contacts) {
    ObjectNode data = Json.object();
    ArrayNode list = data.putArray("conversations");
    Set<Contact> gone = new HashSet<>(contacts);
    for (InboxEntry each : inbox.some(app, owner, contacts)) {
      list.add(each.json());
      gone.remove(each.contact());
    }
    ArrayNode missing = data.putArray("gone");
    gone.forEach(each -> missing.add(each.wireName()));
    EncodedFrame frame = EncodedFrame.event(ClientEvent.CONVERSATION_CHANGED, data);
    sessions.of(owner.id()).forEach(session -> session.send(frame));
  }
}
