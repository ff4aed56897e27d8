package im.palisade.server.groupmessage;

import im.palisade.compliance.audit.AuditEvent.Target;
import im.palisade.server.account.Account;
import im.palisade.server.account.AccountService;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.group.Group;
import im.palisade.server.group.GroupMember;
import im.palisade.server.group.GroupService;
import im.palisade.server.group.Permit;
import im.palisade.server.group.Role;
import im.palisade.server.group.Rule;
import im.palisade.server.groupmessage.GroupEvents.Changed;
import im.palisade.server.groupmessage.GroupMessageStore.Line;
import im.palisade.server.message.ChangedMessage;
import im.palisade.server.message.GroupPositionStore;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageChanges;
import im.palisade.server.message.MessageChanges.Change;
import im.palisade.server.message.MessageChanges.Locked;
import im.palisade.server.message.MessageEdits;
import im.palisade.server.message.MessageEdits.Replacement;
import im.palisade.server.message.MessageFact;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MessageHooks;
import im.palisade.server.message.MessageService;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.moderation.TextModeration.Author;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.store.Regions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Recalling, modifying and clearing stored group messages. */
final class GroupEdits {
  /** Sequences within which everything of one sender is recalled. */
  static final int OF_SENDER = 1_000;

  private final Regions regions;
  private final MessageChanges changes;
  private final MessageService messages;
  private final GroupService groups;
  private final GroupEvents events;
  private final MessageHooks hooks;
  private final Clock clock;
  private final GroupMessageStore store = new GroupMessageStore();

  GroupEdits(
      Regions regions,
      MessageChanges changes,
      MessageService messages,
      GroupService groups,
      GroupEvents events,
      MessageHooks hooks,
      Clock clock) {
    this.regions = regions;
    this.changes = changes;
    this.messages = messages;
    this.groups = groups;
    this.events = events;
    this.hooks = hooks;
    this.clock = clock;
  }

  /**
   * Recalls messages for the app, whatever their age; tells for each sequence 0 or why not.
   *
   * @throws ImException GROUP_TYPE_WITHOUT_RECALL
   */
  Map<Long, Integer> recall(
      App app, Place place, List<Long> seqs, String revoker, String reason, Cause cause) {
    if (!place.group().type().allows(Rule.REST_RECALL)) {
      throw new ImException(ErrorCode.GROUP_TYPE_WITHOUT_RECALL);
    }
    return recall(app, place, seqs, revoker, reason, cause, message -> 0);
  }

  /**
   * Recalls a message for a member: its own within the app's window, others' as an owner or admin.
   *
   * @throws ImException GROUP_NOT_PERMITTED, GROUP_RECALL_NOT_FOUND, GROUP_RECALL_TOO_LATE,
   *     GROUP_NOT_RECALLABLE
   */
  void recallAs(App app, Place place, Account member, long seq, String reason, Cause cause) {
    Role role =
        groups
            .member(app, place.group(), member.id())
            .map(GroupMember::role)
            .orElseThrow(() -> new ImException(ErrorCode.GROUP_NOT_PERMITTED, "not a member"));
    Group group = place.group();
    boolean others =
        (group.enablePermission() && role != Role.OWNER)
            ? groups.grants(
                app,
                group,
                place.topic().map(Place.Topic::id).orElse(0L),
                member.id(),
                Permit.CHANGE_OTHERS_MESSAGES)
            : role != Role.MEMBER;
    long oldest = clock.instant().getEpochSecond() - app.settings().recallWindowSeconds();
    ToIntFunction<StoredMessage> verdict =
        message -> {
          if (others) {
            return 0;
          }
          if (message.senderId() != member.id()) {
            return ErrorCode.GROUP_NOT_PERMITTED.number();
          }
          return message.time() < oldest ? ErrorCode.GROUP_RECALL_TOO_LATE.number() : 0;
        };
    int code = recall(app, place, List.of(seq), member.userId(), reason, cause, verdict).get(seq);
    if (code != 0) {
      throw new ImException(refusal(code));
    }
  }

  private Map<Long, Integer> recall(
      App app,
      Place place,
      List<Long> seqs,
      String revoker,
      String reason,
      Cause cause,
      ToIntFunction<StoredMessage> verdict) {
    record Done(Map<Long, Integer> codes, List<Changed> changed) {}
    Done done =
        changes.in(
            app,
            place.conversation(),
            locked -> {
              Map<Long, Integer> codes = new HashMap<>();
              seqs.forEach(seq -> codes.put(seq, ErrorCode.GROUP_RECALL_NOT_FOUND.number()));
              List<StoredMessage> due = new ArrayList<>();
              for (StoredMessage message : locked.bySeqs(seqs)) {
                int code =
                    message.has(MessageFlags.SYSTEM)
                        ? ErrorCode.GROUP_NOT_RECALLABLE.number()
                        : verdict.applyAsInt(message);
                codes.put(message.seq(), code);
                if (code == 0 && !message.has(MessageFlags.RECALLED)) {
                  due.add(message);
                }
              }
              if (!due.isEmpty()) {
                hooks.happened(
                    locked.unit(),
                    new MessageFact.GroupRecalled(
                        app,
                        place.ref(),
                        place.id(),
                        revoker,
                        due.stream().map(StoredMessage::seq).toList()),
                    cause);
              }
              return new Done(codes, recalled(locked, place, due, cause));
            });
    done.changed().forEach(each -> events.recalled(app, place, each, revoker, reason));
    return done.codes();
  }

  /**
   * Recalls what an account has sent among the last thousand sequences, without telling anybody;
   * clients notice when they load the history again.
   */
  void recallAllOf(App app, Place place, Account sender, Cause cause) {
    if (!place.group().type().allows(Rule.HISTORY)) {
      return;
    }
    changes.in(
        app,
        place.conversation(),
        locked -> {
          List<StoredMessage> due =
              locked.newestOf(sender.id(), OF_SENDER).stream()
                  .filter(message -> !message.has(MessageFlags.RECALLED))
                  .toList();
          return locked.change(
              due,
              new Change.Flags(MessageFlags.RECALLED, 0),
              MessageEdits.event(cause, "message.recall", due));
        });
  }

  /**
   * Replaces a message's content for everybody, for good.
   *
   * @throws ImException GROUP_NOT_PERMITTED, EDIT_NOT_FOUND, MESSAGE_TOO_LONG, TEXT_PROHIBITED
   */
  void modify(App app, Place place, long seq, Replacement with, Cause cause) {
    if (!place.group().type().allows(Rule.MODIFY)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    Replacement passed =
        new Replacement(
            with.body().map(body -> messages.moderatedEdit(app, Author.of(cause), body)),
            with.cloudCustomData(),
            with.known());
    boolean marked = passed.body().map(MessageBody::isMarked).orElse(false);
    record Done(Changed changed, MessageBody body) {}
    Done done =
        changes.in(
            app,
            place.conversation(),
            locked -> {
              StoredMessage message =
                  locked.bySeqs(List.of(seq)).stream()
                      .filter(each -> !each.has(MessageFlags.RECALLED))
                      .filter(each -> !each.has(MessageFlags.SYSTEM))
                      .findFirst()
                      .orElseThrow(() -> new ImException(ErrorCode.EDIT_NOT_FOUND));
              locked.checkUnchanged(message, with.known());
              MessageBody body =
                  MessageEdits.replaced(
                      message.body(),
                      passed,
                      app.settings().maxMessageBytes(),
                      ErrorCode.MESSAGE_TOO_LONG);
              List<ChangedMessage> changed =
                  locked.change(
                      List.of(message),
                      new Change.Content(body, marked),
                      MessageEdits.event(cause, "message.modify", List.of(message)));
              Changed told = told(locked, place, changed.getFirst());
              hooks.happened(
                  locked.unit(),
                  new MessageFact.GroupModified(
                      app,
                      place.ref(),
                      place.id(),
                      cause.origin().userId(),
                      told.from(),
                      message.key(),
                      body),
                  cause);
              return new Done(told, body);
            });
    events.modified(app, place, done.changed(), done.body());
  }

  /** Whether an account belongs to the group now. */
  boolean isMember(App app, Place place, long accountId) {
    return groups.member(app, place.group(), accountId).isPresent();
  }

  /**
   * Takes messages from one account's view; the others keep them. Its devices are told, and the
   * messages are marked as changed, so that a device that was away asks and finds them gone.
   */
  void deleteFor(App app, Place place, Account account, List<Line> lines, Cause cause) {
    if (lines.isEmpty()) {
      return;
    }
    List<Long> seqs = lines.stream().map(line -> line.message().seq()).toList();
    List<ChangedMessage> hidden =
        changes.in(
            app,
            place.conversation(),
            locked -> {
              List<StoredMessage> messages = locked.bySeqs(seqs);
              store.hide(locked.unit().connection(), place.id(), account.id(), seqs);
              return locked.change(
                  messages,
                  new Change.Beside(),
                  MessageEdits.event(cause, "message.delete", messages)
                      .withChange(Map.of("side", AccountService.target(account).id())));
            });
    events.deleted(place, account.id(), hidden);
  }

  /**
   * Hides everything up to a sequence from clients; the app still reads it. The mark never moves
   * back.
   *
   * @param upTo empty for everything there is
   * @throws ImException GROUP_NOT_PERMITTED
   */
  void clear(App app, Place place, Optional<Long> upTo, Cause cause) {
    if (!place.group().type().allows(Rule.CLEAR_HISTORY)) {
      throw new ImException(ErrorCode.GROUP_NOT_PERMITTED);
    }
    if (!place.group().type().allows(Rule.HISTORY)) {
      return;
    }
    long cleared =
        messages.inOrder(
            app,
            place.conversation(),
            (unit, head, tips) -> {
              long seq = Math.min(upTo.orElse(head.lastSeq()), head.lastSeq());
              store.clear(unit.connection(), head.id(), seq);
              GroupPositionStore.raiseFloor(unit.connection(), place.conversation(), seq);
              unit.record(
                  cause
                      .event(
                          "conversation.clear",
                          new Target("conversation", Long.toString(head.id())))
                      .withChange(Map.of("clear_seq", seq)));
              return seq;
            });
    events.cleared(app, place, cleared);
  }

  private List<Changed> recalled(Locked locked, Place place, List<StoredMessage> due, Cause cause)
      throws SQLException {
    List<Changed> told = new ArrayList<>();
    for (ChangedMessage each :
        locked.change(
            due,
            new Change.Flags(MessageFlags.RECALLED, 0),
            MessageEdits.event(cause, "message.recall", due))) {
      told.add(told(locked, place, each));
    }
    return told;
  }

  /** Who is to be told of a change that was made beside the message, and of whom. */
  Changed told(App app, Place place, ChangedMessage changed) {
    return regions.of(app).read(connection -> told(connection, place, changed));
  }

  private Changed told(Locked locked, Place place, ChangedMessage changed) throws SQLException {
    return told(locked.unit().connection(), place, changed);
  }

  private Changed told(Connection connection, Place place, ChangedMessage changed)
      throws SQLException {
    long sender = changed.message().senderId();
    Set<Long> only = new HashSet<>();
    if (changed.has(MessageFlags.TARGETED)) {
      only.addAll(store.targets(connection, place.id(), changed.message().seq()));
      only.add(sender);
    }
    return new Changed(changed, store.userId(connection, sender), only);
  }

  private static ErrorCode refusal(int code) {
    for (ErrorCode each :
        List.of(
            ErrorCode.GROUP_RECALL_NOT_FOUND,
            ErrorCode.GROUP_RECALL_TOO_LATE,
            ErrorCode.GROUP_NOT_RECALLABLE)) {
      if (each.number() == code) {
        return each;
      }
    }
    return ErrorCode.GROUP_NOT_PERMITTED;
  }
}
