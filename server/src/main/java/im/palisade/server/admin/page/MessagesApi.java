package im.palisade.server.admin.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.compliance.audit.AuditEvent.Outcome;
import im.palisade.server.admin.door.AdminCall;
import im.palisade.server.admin.door.AdminEndpoint;
import im.palisade.server.admin.door.AdminException;
import im.palisade.server.admin.door.FieldFault.Fault;
import im.palisade.server.admin.door.Lines;
import im.palisade.server.admin.door.Meaning;
import im.palisade.server.admin.door.Nothing;
import im.palisade.server.admin.door.Reason;
import im.palisade.server.admin.door.Within;
import im.palisade.server.admin.identity.Permission;
import im.palisade.server.app.App;
import im.palisade.server.audit.Cause;
import im.palisade.server.groupmessage.GroupMessageOperations;
import im.palisade.server.message.MessageBody;
import im.palisade.server.message.MessageFlags;
import im.palisade.server.message.MsgKey;
import im.palisade.server.message.PairOperations;
import im.palisade.server.message.Receipt;
import im.palisade.server.message.StoredMessage;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Regions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Messages of one conversation at a time, with a reason that is on record before anything is read.
 * Reads are acts here: a reason must not stand in an address.
 */
public final class MessagesApi {
  private static final String TAG = "messages";
  private static final int PAGE = 50;

  private final PairOperations pairs;
  private final GroupMessageOperations groups;
  private final Operators operators;
  private final Regions regions;

  MessagesApi(
      PairOperations pairs, GroupMessageOperations groups, Operators operators, Regions regions) {
    this.pairs = pairs;
    this.groups = groups;
    this.operators = operators;
    this.regions = regions;
  }

  List<AdminEndpoint<?, ?>> endpoints() {
    return List.of(
        AdminEndpoint.post(
                "/apps/{app}/messages/of-users", TAG, "Reads what two users wrote to each other")
            .needs(Permission.MESSAGES_READ)
            .records("content.search", "content.read")
            .handledBy(PairSearch.class, MessagePage.class, this::ofUsers),
        AdminEndpoint.post("/apps/{app}/messages/of-group", TAG, "Reads what a group has said")
            .needs(Permission.MESSAGES_READ)
            .records("content.search", "content.read")
            .handledBy(GroupSearchFields.class, MessagePage.class, this::ofGroup),
        AdminEndpoint.post("/apps/{app}/messages/send", TAG, "Sends a text in a user's name")
            .needs(Permission.MESSAGES_SEND)
            .records("message.sent_as_other")
            .handledBy(NewMessage.class, SentMessage.class, this::send),
        AdminEndpoint.post("/apps/{app}/messages/recall", TAG, "Takes a message back")
            .needs(Permission.MESSAGES_RECALL)
            .confirmed()
            .records("message.recall")
            .handledBy(Recall.class, Nothing.class, this::recall));
  }

  /** What is read, and why. */
  public record PairSearch(
      @Meaning("UserID whose side is read") @Within(min = 1, max = 32) String user,
      @Meaning("UserID of the other") @Within(min = 1, max = 32) String peer,
      @Meaning("not earlier than this") Instant from,
      @Meaning("not later than this") Instant to,
      @Meaning("why it must be read; goes on record") @Within(min = 5, max = 200) String reason,
      @Meaning("case that it belongs to; goes on record") @Within(min = 1, max = 64)
          Optional<String> caseId,
      @Meaning("next of the page before") @Within(max = 50) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 100) Optional<Integer> limit) {}

  /** What is read, and why. */
  public record GroupSearchFields(
      @Meaning("GroupID") @Within(min = 1, max = 48) String group,
      @Meaning("TopicID") @Within(min = 1, max = 96) Optional<String> topic,
      @Meaning("not earlier than this") Instant from,
      @Meaning("not later than this") Instant to,
      @Meaning("why it must be read; goes on record") @Within(min = 5, max = 200) String reason,
      @Meaning("case that it belongs to; goes on record") @Within(min = 1, max = 64)
          Optional<String> caseId,
      @Meaning("next of the page before") @Within(max = 50) Optional<String> after,
      @Meaning("how many; 50 unless given") @Within(min = 1, max = 100) Optional<Integer> limit) {}

  /** A page. */
  @Meaning("A page of messages.")
  public record MessagePage(
      @Meaning("newest first") List<ShownMessage> messages,
      @Meaning("to be given as after for the next page; absent at the end")
          Optional<String> next) {}

  /** A message. */
  @Meaning("A stored message.")
  public record ShownMessage(
      @Meaning("sequence in its conversation") long seq,
      @Meaning("key, as REST names it") String key,
      @Meaning("UserID of the sender; empty for what the group says of itself") String from,
      @Meaning("when") Instant at,
      @Meaning("whether it was taken back") boolean recalled,
      @Meaning("whether its content was replaced") boolean modified,
      @Meaning("whether it came over REST or the console") boolean fromServer,
      @Meaning("elements, as REST shows them") JsonNode elements,
      @Meaning("custom data kept with it") Optional<String> customData) {}

  /** A message to be sent. */
  public record NewMessage(
      @Meaning("UserID in whose name") @Within(min = 1, max = 32) String from,
      @Meaning("UserID of the receiver; or else group") @Within(min = 1, max = 32)
          Optional<String> user,
      @Meaning("GroupID; or else user") @Within(min = 1, max = 48) Optional<String> group,
      @Meaning("TopicID in that group") @Within(min = 1, max = 96) Optional<String> topic,
      @Meaning("what is said") @Lines @Within(min = 1, max = 8000) String text) {}

  /** What was sent. */
  @Meaning("What was sent.")
  public record SentMessage(
      @Meaning("sequence; 0 in a live room") long seq,
      @Meaning("key, as REST names it; of messages between two") Optional<String> key) {}

  /** What is taken back. */
  public record Recall(
      @Meaning("UserID of the sender, of messages between two") @Within(min = 1, max = 32)
          Optional<String> from,
      @Meaning("UserID of the receiver, of messages between two") @Within(min = 1, max = 32)
          Optional<String> user,
      @Meaning("key, of messages between two") @Within(min = 5, max = 50) Optional<String> key,
      @Meaning("GroupID, of group messages") @Within(min = 1, max = 48) Optional<String> group,
      @Meaning("TopicID in that group") @Within(min = 1, max = 96) Optional<String> topic,
      @Meaning("sequence, of group messages") @Within(min = 1, max = 0xFFFF_FFFFL)
          Optional<Long> seq) {}

  private MessagePage ofUsers(AdminCall call, PairSearch in) {
    checkSpan(in.from(), in.to());
    Optional<MsgKey> last =
        in.after()
            .map(
                text ->
                    MsgKey.parse(text)
                        .orElseThrow(
                            () ->
                                AdminException.invalid(
                                    "after", Fault.NOT_ALLOWED, Reason.NO_PLACE)));
    Cause cause = call.cause().inCase(in.caseId().orElse(""));
    recordReason(call, in.reason(), cause);
    PairOperations.Page page =
        pairs.read(
            call.app(),
            in.user(),
            in.peer(),
            in.from().getEpochSecond(),
            in.to().getEpochSecond(),
            last,
            in.limit().orElse(PAGE),
            cause);
    return new MessagePage(
        page.messages().stream()
            .map(each -> shown(each, each.senderId() == page.viewer() ? in.user() : in.peer()))
            .toList(),
        page.next().map(MsgKey::toString));
  }

  private MessagePage ofGroup(AdminCall call, GroupSearchFields in) {
    checkSpan(in.from(), in.to());
    String after = in.after().orElse("0");
    if (!after.matches("[0-9]{1,10}")) {
      throw AdminException.invalid("after", Fault.NOT_ALLOWED, Reason.NO_PLACE);
    }
    Cause cause = call.cause().inCase(in.caseId().orElse(""));
    recordReason(call, in.reason(), cause);
    GroupMessageOperations.Page page =
        groups.read(
            call.app(),
            in.group(),
            in.topic(),
            in.from().getEpochSecond(),
            in.to().getEpochSecond(),
            Long.parseLong(after),
            in.limit().orElse(PAGE),
            cause);
    return new MessagePage(
        page.entries().stream()
            .map(
                each ->
                    shown(
                        each.message(), each.message().has(MessageFlags.SYSTEM) ? "" : each.from()))
            .toList(),
        page.next() == 0 ? Optional.empty() : Optional.of(Long.toString(page.next())));
  }

  private SentMessage send(AdminCall call, NewMessage in) {
    if (in.user().isPresent() == in.group().isPresent()) {
      throw AdminException.invalid("user", Fault.NOT_ALLOWED, Reason.USER_OR_GROUP);
    }
    MessageBody body = text(call.app(), in.text());
    var from = operators.user(call.app(), in.from());
    if (in.user().isPresent()) {
      Receipt receipt =
          pairs.send(
              call.app(),
              operators.of(call),
              from,
              operators.user(call.app(), in.user().get()),
              body,
              call.cause());
      return new SentMessage(receipt.seq(), Optional.of(receipt.key().toString()));
    }
    long seq =
        groups.send(
            call.app(),
            in.group().orElseThrow(),
            in.topic(),
            operators.of(call),
            from,
            body,
            call.cause());
    return new SentMessage(seq, Optional.empty());
  }

  private Nothing recall(AdminCall call, Recall in) {
    if (in.group().isPresent() && in.seq().isPresent()) {
      groups.recall(
          call.app(),
          in.group().get(),
          in.topic(),
          in.seq().get(),
          operators.of(call),
          call.cause());
      return Nothing.NOTHING;
    }
    MsgKey key =
        in.key()
            .flatMap(MsgKey::parse)
            .orElseThrow(() -> AdminException.invalid("key", Fault.MISSING, Reason.KEY_OR_PLACE));
    pairs.recall(
        call.app(),
        operators.user(call.app(), in.from().orElse("")),
        operators.user(call.app(), in.user().orElse("")),
        key,
        call.cause());
    return Nothing.NOTHING;
  }

  private static void checkSpan(Instant from, Instant to) {
    if (to.isBefore(from)) {
      throw AdminException.invalid("to", Fault.OUT_OF_RANGE, "not before from");
    }
  }

  /** Why somebody reads is on record before they do, or nothing is read. */
  private void recordReason(AdminCall call, String reason, Cause cause) {
    regions
        .of(call.app())
        .inUnitOfWork(
            unit -> {
              unit.record(
                  cause
                      .event("content.search", Outcome.INTENT, List.of())
                      .withChange(Map.of("reason", reason)));
              return null;
            });
  }

  private static MessageBody text(App app, String text) {
    ArrayNode elements = Json.mapper().createArrayNode();
    ObjectNode element = elements.addObject().put("MsgType", "TIMTextElem");
    element.putObject("MsgContent").put("Text", text);
    return MessageBody.of(
        elements,
        Optional.empty(),
        app.settings().maxMessageBytes(),
        ErrorCode.MESSAGE_TOO_LONG_REST,
        app.settings().strictMedia());
  }

  /** A message as the pages show it. */
  static ShownMessage shown(StoredMessage message, String from) {
    return new ShownMessage(
        message.seq(),
        message.key().toString(),
        from,
        Instant.ofEpochSecond(message.time()),
        message.has(MessageFlags.RECALLED),
        message.has(MessageFlags.MODIFIED),
        message.has(MessageFlags.FROM_REST),
        elements(message.body()),
        message.body().cloudCustomData());
  }

  private static JsonNode elements(MessageBody body) {
    try {
      return Json.mapper().readTree(new String(body.elements(), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was stored can be read", e);
    }
  }
}
