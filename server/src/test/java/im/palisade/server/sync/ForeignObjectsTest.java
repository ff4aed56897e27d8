package im.palisade.server.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImRefusedException;
import im.palisade.server.gateway.Command;
import im.palisade.server.gateway.Param;
import im.palisade.server.gateway.ParamType;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Every command, aimed at what is none of the caller's: the messages of two others, a group it is
 * not in, a request it does not decide on, and the same ids from another app. Nothing of it is read
 * and nothing is changed.
 */
class ForeignObjectsTest {
  private static final String SECRET = "nobody-else-reads-this";

  /** End the session or are the doors' own. */
  private static final Set<String> NOT_ASKED =
      Set.of("session.login", "session.logout", "session.renew", "ping", "file.ticket");

  /** What anybody may do to anybody: to write, to ask for friendship. */
  private static final Set<String> OPEN_TO_ALL = Set.of("friend.add", "message.send");

  private final TestApp app = TestServer.shared().newApp().withUsers("ann", "bo", "mallory");
  private final TestApp other = TestServer.shared().newApp().withUsers("ann", "bo", "mallory");

  private record Aim(String conversation, String groupId, long requestId) {}

  @Test
  void noCommandReadsOrChangesWhatIsNoneOfTheCallers() {
    try (TestUser ann = app.login("ann");
        TestUser bo = app.login("bo")) {
      Aim aim = secrets(ann, bo);
      String before = state(ann, bo, aim);
      assertTrue(before.contains(SECRET));
      List<String> leaks = new ArrayList<>();
      int asked = 0;
      for (TestApp from : List.of(app, other)) {
        for (Command command : TestServer.shared().server().commands().commands()) {
          if (NOT_ASKED.contains(command.name())) {
            continue;
          }
          try (TestUser mallory = from.login("mallory")) {
            for (ObjectNode data : aimed(command, aim)) {
              String reply = reply(mallory, command.name(), data);
              asked++;
              if (reply.contains(SECRET)) {
                leaks.add(command.name() + data + " was answered " + reply);
              }
            }
          }
        }
        assertEquals(before, state(ann, bo, aim), "changed by somebody of app " + from.appId());
      }
      assertEquals(List.of(), leaks);
      assertTrue(asked > 150, "asked only " + asked);
      assertFalse(bo.settle().client().closed().isDone());
    }
  }

  private Aim secrets(TestUser ann, TestUser bo) {
    ObjectNode pair = secret("C2Cbo", 1);
    SyncTest.ask(ann, "message.send", pair);
    SyncTest.ask(bo, "message.send", secret("C2Cann", 2));
    ObjectNode group = Json.object().put("type", "Public").put("name", SECRET);
    group.put("joinOption", "NeedPermission").put("introduction", SECRET);
    group.putArray("members").addObject().put("userId", "bo");
    String groupId = SyncTest.ask(ann, "group.create", group).path("groupId").asText();
    ObjectNode work = Json.object().put("type", "Private").put("name", SECRET);
    work.putArray("members").addObject().put("userId", "bo");
    String workId = SyncTest.ask(ann, "group.create", work).path("groupId").asText();
    SyncTest.ask(ann, "message.send", secret("GROUP" + workId, 3));
    ObjectNode attributes = Json.object().put("groupId", workId).put("op", "set");
    attributes.putObject("attributes").put("k", SECRET);
    SyncTest.ask(ann, "group.attributes", attributes);
    long request;
    try (TestUser cy = app.withUsers("cy").login("cy")) {
      SyncTest.ask(cy, "group.join", Json.object().put("groupId", groupId).put("message", SECRET));
      request =
          SyncTest.ask(ann, "group.applications", Json.object())
              .path("applications")
              .get(0)
              .path("requestId")
              .asLong();
    }
    return new Aim("GROUP" + workId, workId, request);
  }

  private static ObjectNode secret(String conversation, long random) {
    ObjectNode message =
        SyncTest.message(conversation, random).put("extensible", true).put("needReceipt", true);
    ((ObjectNode) message.path("body").get(0).path("MsgContent")).put("Text", SECRET);
    return message;
  }

  /** Everything that the two can see of what is theirs. */
  private static String state(TestUser ann, TestUser bo, Aim aim) {
    StringBuilder state = new StringBuilder();
    ObjectNode groupIds = Json.object();
    groupIds.putArray("groupIds").add(aim.groupId());
    ObjectNode groupId = Json.object().put("groupId", aim.groupId());
    for (TestUser user : List.of(ann, bo)) {
      String peer = user == ann ? "C2Cbo" : "C2Cann";
      for (String conversation : List.of(peer, aim.conversation())) {
        state.append(SyncTest.ask(user, "message.history", SyncTest.conversation(conversation)));
        ObjectNode entry = Json.object();
        entry.putArray("conversations").add(conversation);
        state.append(SyncTest.ask(user, "conversation.get", entry));
      }
      state.append(SyncTest.ask(user, "group.info", groupIds));
      state.append(SyncTest.ask(user, "group.members", groupId));
      state.append(SyncTest.ask(user, "group.attributes", groupId));
      state.append(SyncTest.ask(user, "group.counters", groupId));
      state.append(SyncTest.ask(user, "message.extension.get", SyncTest.at(peer, 1)));
      state.append(SyncTest.ask(user, "group.applications", Json.object()));
      state.append(SyncTest.ask(user, "conversation.groups", Json.object()));
    }
    return state.toString();
  }

  /** The command's data with every field that can name something naming what is foreign. */
  private static List<ObjectNode> aimed(Command command, Aim aim) {
    List<String> operations = List.of("");
    for (Param<?> param : command.params()) {
      if (param.name().equals("op") && param.type() instanceof ParamType.Word word) {
        operations = word.words();
      }
    }
    List<ObjectNode> all = new ArrayList<>();
    for (String operation : operations) {
      all.add(filled(command, aim, aim.conversation(), operation));
      if (!OPEN_TO_ALL.contains(command.name())) {
        all.add(filled(command, aim, "C2Cann", operation));
        all.add(filled(command, aim, "C2Cbo", operation));
      }
    }
    return OPEN_TO_ALL.contains(command.name()) && !command.name().equals("message.send")
        ? List.of()
        : all;
  }

  private static ObjectNode filled(
      Command command, Aim aim, String conversation, String operation) {
    ObjectNode data = Json.object();
    for (Param<?> param : command.params()) {
      JsonNode value =
          switch (param.name()) {
            case "conversation" -> text(conversation);
            case "conversations" ->
                param.type() instanceof ParamType.ListOf<?>
                    ? Json.mapper().createArrayNode().add(conversation)
                    : Json.object().put(conversation, "0");
            case "groupId" -> text(aim.groupId());
            case "groupIds" -> Json.mapper().createArrayNode().add(aim.groupId());
            case "groups" -> Json.object().put(aim.groupId(), "0");
            case "requestId" -> Json.mapper().getNodeFactory().numberNode(aim.requestId());
            case "userId" -> text("bo");
            case "userIds" -> Json.mapper().createArrayNode().add("ann").add("bo");
            case "op" -> text(operation);
            case "seq", "changeSeq" -> Json.mapper().getNodeFactory().numberNode(1);
            case "seqs" -> Json.mapper().createArrayNode().add(1).add(2).add(3);
            case "body" -> SyncTest.message("x", 1).path("body");
            case "before", "time", "topicId", "topicIds", "msgKey", "cursor" -> null;
            default -> sample(param.type());
          };
      if (value != null) {
        data.set(param.name(), value);
      }
    }
    return data;
  }

  private static JsonNode sample(ParamType<?> type) {
    var nodes = Json.mapper().getNodeFactory();
    return switch (type) {
      case ParamType.Text _ -> nodes.textNode("x");
      case ParamType.Word word -> nodes.textNode(word.words().getFirst());
      case ParamType.Whole whole -> nodes.numberNode(Math.max(whole.min(), 0));
      case ParamType.Limit _ -> nodes.numberNode(50);
      case ParamType.Flag _ -> nodes.booleanNode(true);
      case ParamType.ListOf<?> list -> {
        ArrayNode array = nodes.arrayNode();
        array.add(sample(list.element()));
        yield array;
      }
      case ParamType.MapOf<?> map -> nodes.objectNode().set("k", sample(map.value()));
      case ParamType.Nested nested -> {
        ObjectNode object = nodes.objectNode();
        nested.fields().forEach(each -> object.set(each.name(), sample(each.type())));
        yield object;
      }
      case ParamType.Raw _ -> nodes.nullNode();
    };
  }

  private static JsonNode text(String value) {
    return Json.mapper().getNodeFactory().textNode(value);
  }

  private static String reply(TestUser user, String command, ObjectNode data) {
    try {
      return user.client().request(command, data).get(20, TimeUnit.SECONDS).toString();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ImRefusedException refusal) {
        return refusal.getMessage() == null ? "" : refusal.getMessage();
      }
      throw new AssertionError(command + data, e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(command + data, e);
    }
  }
}
