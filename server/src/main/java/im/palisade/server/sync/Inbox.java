package im.palisade.server.sync;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.account.Account;
import im.palisade.server.app.App;
import im.palisade.server.conversation.Contact;
import im.palisade.server.conversation.ContactBook;
import im.palisade.server.conversation.ContactBook.Kept;
import im.palisade.server.conversation.ConversationKeeper;
import im.palisade.server.conversation.ConversationNumbers;
import im.palisade.server.conversation.ConversationService;
import im.palisade.server.conversation.ListedConversation;
import im.palisade.server.conversation.RecentContacts;
import im.palisade.server.group.BaseType;
import im.palisade.server.group.MsgFlag;
import im.palisade.server.groupmessage.GroupMessageFeature;
import im.palisade.server.message.GroupTip;
import im.palisade.server.message.GroupUnreadStore.Mention;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageJson;
import im.palisade.server.message.MessageJson.ClientMessage;
import im.palisade.server.message.ReadService;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import im.palisade.server.sync.LastMessageStore.At;
import im.palisade.server.sync.LastMessageStore.Line;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An account's conversation list as its devices hold it, read from the rows every time: nothing is
 * kept per device, and unread follows from running numbers.
 */
public final class Inbox {
  private static final int HIDDEN = 4;

  private final Regions regions;
  private final RecentContacts contacts;
  private final ContactBook book;
  private final ConversationService conversations;
  private final ReadService reads;
  private final GroupMessageFeature groups;
  private final LastMessageStore store = new LastMessageStore();

  public Inbox(
      Regions regions,
      RecentContacts contacts,
      ContactBook book,
      ConversationService conversations,
      ReadService reads,
      GroupMessageFeature groups) {
    this.regions = regions;
    this.contacts = contacts;
    this.book = book;
    this.conversations = conversations;
    this.reads = reads;
    this.groups = groups;
  }

  /** What is known of all conversations of a list beside the conversations themselves. */
  private record Context(
      App app,
      Account owner,
      Map<Long, Integer> unread,
      Map<Long, Long> unreadInGroups,
      Map<Long, List<Mention>> mentions,
      Map<Contact, Kept> kept,
      Map<Long, String> groupNames,
      Map<Long, Line> lines) {}

  /** The whole list: pinned first, then the newest. */
  List<InboxEntry> list(App app, Account owner) {
    return entries(app, owner, contacts.listed(app, owner));
  }

  /** Those of the list that have one of these names. */
  List<InboxEntry> some(App app, Account owner, List<Contact> named) {
    return entries(
        app,
        owner,
        contacts.listed(app, owner).stream()
            .filter(each -> named.contains(each.contact()))
            .toList());
  }

  /** Unread of all conversations that are neither silent nor hidden (client-features §7). */
  static long total(List<InboxEntry> list) {
    return list.stream().filter(each -> !each.silent()).mapToLong(InboxEntry::unread).sum();
  }

  private List<InboxEntry> entries(App app, Account owner, List<ListedConversation> listed) {
    if (listed.isEmpty()) {
      return List.of();
    }
    ContactBook.Page all = book.kept(app, owner);
    List<Long> groupIds =
        listed.stream()
            .filter(each -> each.contact().kind() == Contact.Kind.GROUP)
            .map(ListedConversation::id)
            .toList();
    List<At> places =
        listed.stream()
            .filter(each -> !each.empty() && each.id() != 0)
            .map(each -> new At(each.id(), each.numbers().shownSeq()))
            .toList();
    Context context =
        new Context(
            app,
            owner,
            reads.unreadByConversation(app, owner),
            groups.reads().unread(app, owner, groupIds),
            groups.reads().mentions(app, owner, groupIds),
            all.kept().stream().collect(Collectors.toMap(Kept::contact, kept -> kept, (a, b) -> b)),
            all.groups().stream()
                .collect(Collectors.toMap(ContactBook.Group::number, ContactBook.Group::name)),
            new HashMap<>(regions.of(app).read(c -> store.find(c, places))));
    return listed.stream().map(each -> entry(context, each)).toList();
  }

  private InboxEntry entry(Context in, ListedConversation listed) {
    Optional<ConversationKeeper> keeper =
        Optional.of(listed.contact())
            .filter(each -> each.kind() == Contact.Kind.C2C)
            .flatMap(each -> conversations.keeper(each.id()));
    return keeper.isPresent() ? kept(in, listed, keeper.get()) : own(in, listed);
  }

  private InboxEntry own(Context in, ListedConversation listed) {
    ConversationNumbers numbers = listed.numbers();
    boolean grouped = listed.contact().kind() == Contact.Kind.GROUP;
    long unread =
        grouped
            ? in.unreadInGroups().getOrDefault(listed.id(), 0L)
            : in.unread().getOrDefault(listed.id(), 0);
    boolean discarded = listed.option() == MsgFlag.DISCARD.code();
    if (discarded && grouped) {
      unread = 0;
    }
    ObjectNode beside = Json.object().put("name", listed.name()).put("faceUrl", listed.faceUrl());
    ObjectNode state = Json.object();
    // Devices are not told of what is discarded, so its numbers are no part of the version.
    ObjectNode moving = discarded ? beside : state;
    moving
        .put("lastSeq", numbers.lastSeq())
        .put("changeSeq", numbers.changeSeq())
        .put("readSeq", numbers.readSeq())
        .put("clearSeq", numbers.clearSeq())
        .put("time", listed.time());
    state.put("unread", unread);
    if (grouped) {
      BaseType.coded(listed.groupType()).ifPresent(type -> state.put("groupType", type.wireName()));
      if (!discarded) {
        mentions(state, in.mentions().getOrDefault(listed.id(), List.of()));
      }
    } else {
      moving.put("peerReadSeq", numbers.peerReadSeq());
    }
    if (!listed.empty()) {
      lastMessage(in, listed)
          .ifPresent(
              line -> {
                moving.put("lastMessageSeq", line.message().seq());
                InboxEntry.putRaw(beside, "lastMessage", json(listed.contact(), line));
              });
    }
    return finish(in, listed, listed.option(), unread, state, beside);
  }

  /** A conversation that another feature keeps says less of itself. */
  private static InboxEntry kept(Context in, ListedConversation listed, ConversationKeeper keeper) {
    String id = listed.contact().id();
    long unread = keeper.unread(in.app(), in.owner(), id).orElse(0);
    ObjectNode state = Json.object().put("unread", unread).put("time", listed.time());
    ObjectNode beside = Json.object();
    var messages =
        keeper.history(in.app(), in.owner(), id, 0, Long.MAX_VALUE, true, 1).path("messages");
    if (!messages.isEmpty()) {
      state.put("lastSeq", messages.get(0).path("seq").longValue());
      state.set("lastMessage", messages.get(0));
      beside.set("name", messages.get(0).path("nick"));
    }
    int option = keeper.option(in.app(), in.owner(), id).code();
    return finish(in, listed, option, unread, state, beside);
  }

  private static InboxEntry finish(
      Context in,
      ListedConversation listed,
      int option,
      long unread,
      ObjectNode state,
      ObjectNode beside) {
    if (listed.pinned()) {
      state.put("pinned", true);
    }
    if (option > MsgFlag.ACCEPT_AND_NOTIFY.code()) {
      state.put("msgFlag", MsgFlag.ofCode(option).wireName());
    }
    boolean hidden = false;
    Kept kept = in.kept().get(listed.contact());
    if (kept != null) {
      hidden = marks(state, kept.standardMark());
      if (!kept.customMark().isEmpty()) {
        state.put("customData", kept.customMark());
      }
      if (!kept.groups().isEmpty()) {
        ArrayNode names = state.putArray("groups");
        kept.groups().stream().map(in.groupNames()::get).sorted().forEach(names::add);
      }
    }
    boolean silent = hidden || option > MsgFlag.ACCEPT_AND_NOTIFY.code();
    return InboxEntry.of(listed.contact(), unread, silent, state, beside);
  }

  /** Returns whether the conversation is hidden. */
  private static boolean marks(ObjectNode state, long bits) {
    if (bits != 0) {
      ArrayNode marks = state.putArray("marks");
      for (int bit = 1; bit <= ContactBook.MARK_BITS; bit++) {
        if ((bits >>> (bit - 1) & 1) == 1) {
          marks.add(bit);
        }
      }
    }
    return (bits >>> (HIDDEN - 1) & 1) == 1;
  }

  private static void mentions(ObjectNode state, List<Mention> mentions) {
    if (!mentions.isEmpty()) {
      ArrayNode list = state.putArray("mentions");
      mentions.forEach(
          each -> list.addObject().put("seq", each.seq()).put("everybody", each.everybody()));
    }
  }

  /** The message shown, or when the account may not see that one the newest it may. */
  private Optional<Line> lastMessage(Context in, ListedConversation listed) {
    Line line = in.lines().get(listed.id());
    if (line == null) {
      return Optional.empty();
    }
    if (listed.contact().kind() == Contact.Kind.GROUP) {
      if (!line.message().has(MessageFlags.TARGETED)) {
        return Optional.of(line);
      }
      return groups.newestSeen(in.app(), listed.contact().wireName(), in.owner()).stream()
          .boxed()
          .findFirst()
          .flatMap(seq -> at(in.app(), listed.id(), seq));
    }
    boolean mine = line.message().senderId() == in.owner().id();
    if (line.message().has(mine ? MessageFlags.SENDER_COPY : MessageFlags.RECIPIENT_COPY)) {
      return Optional.of(line);
    }
    return reads.newestSeen(in.app(), in.owner(), listed.contact().id()).stream()
        .boxed()
        .findFirst()
        .flatMap(seq -> at(in.app(), listed.id(), seq));
  }

  private Optional<Line> at(App app, long conversationId, long seq) {
    List<At> place = new ArrayList<>(List.of(new At(conversationId, seq)));
    return Optional.ofNullable(regions.of(app).read(c -> store.find(c, place)).get(conversationId));
  }

  private static byte[] json(Contact contact, Line line) {
    boolean system = line.message().has(MessageFlags.SYSTEM);
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    MessageJson.write(
        out,
        new ClientMessage(
            contact.wireName(),
            line.message().seq(),
            line.message().key(),
            system ? GroupTip.SENDER : line.from(),
            line.nick(),
            line.faceUrl(),
            line.message().body(),
            line.message().flags()));
    return out.toByteArray();
  }
}
