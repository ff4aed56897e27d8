package im.palisade.server.conversation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.audit.AuditDeclaration;
import im.palisade.server.conversation.RecentContacts.Entry;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import im.palisade.server.rest.Endpoint;
import im.palisade.server.rest.Family;
import im.palisade.server.rest.Field;
import im.palisade.server.rest.RestCall;
import im.palisade.server.rest.RestReply;
import java.time.Clock;
import java.util.List;

/** The list of recent conversations (rest-conversations E1, E2). */
public final class RecentContactRestApi {
  static final String SERVICE = "recentcontact";
  private static final int PAGE = 100;
  private static final int PINS_SUPPORTED = 1;
  private static final int WITH_EMPTY = 1 << 1;
  private static final int PAGE_PINNED = 1 << 2;
  private static final int MAX_ID_BYTES = 1 << 20;

  static final Field<String> FROM_ACCOUNT =
      Field.userId("From_Account", "whose conversations").required();
  private static final Field<Long> TIME_STAMP = cursor("TimeStamp");
  private static final Field<Long> START_INDEX = cursor("StartIndex");
  private static final Field<Long> TOP_TIME_STAMP = cursor("TopTimeStamp");
  private static final Field<Long> TOP_START_INDEX = cursor("TopStartIndex");
  private static final Field<Long> ASSIST_FLAGS =
      Field.u32("AssistFlags", "1: pins supported, 2: with empty ones, 4: pinned ones are paged")
          .defaultsTo(0L);

  private static final Field<Integer> TYPE =
      Field.integer("Type", 1, 2, "1 one-to-one, 2 group").required();
  private static final Field<String> TO_ACCOUNT =
      Field.text("To_Account", MAX_ID_BYTES, "the peer, for Type 1")
          .whenWrongType(ErrorCode.ACCOUNT_WRONG_TYPE);
  private static final Field<String> TO_GROUP_ID =
      Field.text("ToGroupid", MAX_ID_BYTES, "the group, for Type 2")
          .alias("ToGroupId")
          .alias("GroupId");
  private static final Field<Integer> CLEAR_RAMBLE =
      Field.integer("ClearRamble", 0, 1, "1 clears the account's history as well").defaultsTo(0);

  private final RecentContacts contacts;
  private final AccountService accounts;
  private final Clock clock;

  public RecentContactRestApi(RecentContacts contacts, AccountService accounts, Clock clock) {
    this.contacts = contacts;
    this.accounts = accounts;
    this.clock = clock;
  }

  /** The endpoints. */
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(SERVICE, "get_list", Family.RECENT_CONTACT)
            .meaning("Lists an account's recent conversations")
            .fields(
                FROM_ACCOUNT,
                TIME_STAMP,
                START_INDEX,
                TOP_TIME_STAMP,
                TOP_START_INDEX,
                ASSIST_FLAGS)
            .handledBy(
                AuditDeclaration.none("tells which conversations there are, no content"),
                this::list),
        Endpoint.of(SERVICE, "delete", Family.RECENT_CONTACT)
            .meaning("Takes a conversation off an account's list")
            .fields(FROM_ACCOUNT, TYPE, TO_ACCOUNT, TO_GROUP_ID, CLEAR_RAMBLE)
            .handledBy(AuditDeclaration.records("rest.call", "conversation.clear"), this::delete));
  }

  private RestReply list(RestCall call) {
    String from = call.get(FROM_ACCOUNT);
    long flags = call.get(ASSIST_FLAGS);
    Cursor normalFrom = new Cursor(call.get(TIME_STAMP), call.get(START_INDEX));
    Cursor pinnedFrom = new Cursor(call.get(TOP_TIME_STAMP), call.get(TOP_START_INDEX));
    boolean pins = (flags & PINS_SUPPORTED) != 0;
    boolean pagePinned = (flags & PAGE_PINNED) != 0;
    List<Entry> all =
        contacts.list(call.app(), owner(accounts, call, from)).stream()
            .filter(entry -> (flags & WITH_EMPTY) != 0 || !entry.empty())
            .map(entry -> pins ? entry : unpinned(entry))
            .toList();
    List<Entry> pinned = pinnedFrom.rest(all.stream().filter(Entry::pinned).toList());
    List<Entry> normal =
        normalFrom.rest(sorted(all.stream().filter(entry -> !entry.pinned()).toList(), pins));
    List<Entry> pinnedPage = pagePinned ? first(pinned, PAGE) : pinned;
    List<Entry> normalPage = first(normal, Math.max(0, PAGE - pinnedPage.size()));

    boolean pinnedDone = pinnedPage.size() == pinned.size();
    boolean complete = pinnedDone && normalPage.size() == normal.size();
    long now = clock.instant().getEpochSecond();
    Cursor top = complete ? new Cursor(now, 0) : pinnedFrom.after(pinnedPage);
    Cursor next = complete ? new Cursor(now, 0) : normalFrom.after(normalPage);
    if (pinnedDone && !complete) {
      top = Cursor.PAST_THE_LAST;
    }
    ObjectNode reply = Json.object();
    ArrayNode items = reply.putArray("SessionItem");
    pinnedPage.forEach(entry -> add(items, entry));
    normalPage.forEach(entry -> add(items, entry));
    reply.put("CompleteFlag", complete ? 1 : 0);
    reply.put("TimeStamp", next.time()).put("StartIndex", next.index());
    reply.put("TopTimeStamp", top.time()).put("TopStartIndex", top.index());
    return RestReply.ok(reply);
  }

  private RestReply delete(RestCall call) {
    Contact contact = contact(call);
    boolean clear = call.get(CLEAR_RAMBLE) == 1;
    Account owner = owner(accounts, call, call.get(FROM_ACCOUNT));
    contacts.delete(call.app(), owner, contact, clear, call.cause());
    return RestReply.ok();
  }

  private static Contact contact(RestCall call) {
    Contact.Kind kind = Contact.Kind.ofCode(call.get(TYPE));
    Field<String> id =
        switch (kind) {
          case C2C -> TO_ACCOUNT;
          case GROUP -> TO_GROUP_ID;
        };
    return new Contact(kind, call.get(id));
  }

  static Account owner(AccountService accounts, RestCall call, String userId) {
    return accounts
        .find(call.app(), userId)
        .orElseThrow(() -> new ImException(ErrorCode.CONVERSATION_ACCOUNT_NOT_FOUND));
  }

  private static void add(ArrayNode items, Entry entry) {
    ObjectNode item = items.addObject().put("Type", entry.contact().kind().code());
    item.put(
        entry.contact().kind() == Contact.Kind.C2C ? "To_Account" : "GroupId",
        entry.contact().id());
    item.put("MsgTime", entry.time()).put("TopFlag", entry.pinned() ? 1 : 0);
  }

  private static Entry unpinned(Entry entry) {
    return new Entry(entry.contact(), entry.time(), false, entry.empty());
  }

  /** Without pins the pinned ones stand among the others. */
  private static List<Entry> sorted(List<Entry> entries, boolean pins) {
    return pins ? entries : entries.stream().sorted(RecentContacts.ORDER).toList();
  }

  private static List<Entry> first(List<Entry> entries, int count) {
    return entries.subList(0, Math.min(count, entries.size()));
  }

  private static Field<Long> cursor(String name) {
    return Field.u32(name, "page cursor, as the page before returned it; 0 for the first page")
        .defaultsTo(0L);
  }

  /**
   * Where a page begins: behind everything newer than a time, and behind so many of that very time.
   */
  private record Cursor(long time, long index) {
    /** No conversation is older than this. */
    static final Cursor PAST_THE_LAST = new Cursor(1, 0);

    List<Entry> rest(List<Entry> entries) {
      if (time == 0) {
        return entries;
      }
      long older = entries.stream().filter(entry -> entry.time() > time).count();
      long same = entries.stream().filter(entry -> entry.time() == time).count();
      return entries.subList((int) (older + Math.min(index, same)), entries.size());
    }

    Cursor after(List<Entry> page) {
      if (page.isEmpty()) {
        return this;
      }
      long last = page.getLast().time();
      long same = page.stream().filter(entry -> entry.time() == last).count();
      return new Cursor(last, last == time ? index + same : same);
    }
  }
}
