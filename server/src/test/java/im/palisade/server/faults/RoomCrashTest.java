package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.Json;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A live room stores nothing of what is said, but its numbers never go back. */
@ResourceLock(ServerProcess.MACHINE)
class RoomCrashTest {
  private final Path data = TestDatabase.newDirectory().resolve("data");
  private long random;

  @Test
  void aRoomsNumbersGrowOverKillsAndGoOnAfterAStop() throws IOException, InterruptedException {
    long last = 0;
    for (int kill = 0; kill < 2; kill++) {
      try (ServerProcess server = ServerProcess.start(data).awaitReady()) {
        if (kill == 0) {
          ok(server, "create_group", Json.object().put("Type", "AVChatRoom").put("Name", "room"));
        }
        for (int i = 0; i < 20; i++) {
          long seq = say(server);
          assertTrue(seq > last, seq + " after " + last);
          last = seq;
        }
        server.kill();
      }
    }
    try (ServerProcess server = ServerProcess.start(data).awaitReady()) {
      long seq = say(server);
      assertTrue(seq > last, seq + " after " + last);
      last = seq;
      assertEquals(last + 1, next(server));
      server.stop();
    }
    try (ServerProcess server = ServerProcess.start(data).awaitReady()) {
      assertEquals(last + 1, next(server), "a server that is stopped gives back what it reserved");
      assertEquals(last + 1, say(server));
      server.stop();
    }
  }

  private long say(ServerProcess server) throws IOException, InterruptedException {
    ObjectNode body = Json.object().put("Random", ++random);
    body.putArray("MsgBody")
        .addObject()
        .put("MsgType", "TIMTextElem")
        .putObject("MsgContent")
        .put("Text", "hello");
    return ok(server, "send_group_msg", body).path("MsgSeq").asLong();
  }

  private static long next(ServerProcess server) throws IOException, InterruptedException {
    ObjectNode body = Json.object();
    body.putArray("GroupIdList").add("room");
    return ok(server, "get_group_info", body).at("/GroupInfo/0/NextMsgSeq").asLong();
  }

  private static JsonNode ok(ServerProcess server, String command, ObjectNode body)
      throws IOException, InterruptedException {
    JsonNode reply = server.rest("group_open_http_svc/" + command, body.put("GroupId", "room"));
    assertEquals(0, reply.path("ErrorCode").asInt(-1), reply::toString);
    return reply;
  }
}
