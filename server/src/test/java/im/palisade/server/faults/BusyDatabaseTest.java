package im.palisade.server.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.client.ImLogin;
import im.palisade.server.PalisadeServer;
import im.palisade.server.protocol.Json;
import im.palisade.server.store.Region;
import im.palisade.server.store.StoreException;
import im.palisade.server.testing.ServerProcess;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.TestUser;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** All connections to the database are taken and none comes free in time. */
@ResourceLock(ServerProcess.MACHINE)
class BusyDatabaseTest {
  private static final int OVERLOADED = 60018;
  private static final int POOL = 8;

  @Test
  void everyDoorSaysComeAgainLaterAndTakesTheSameCallOnceThereIsRoom()
      throws SQLException, InterruptedException, ExecutionException {
    try (PalisadeServer server =
        TestServer.start(
            TestDatabase.newDirectory().resolve("data"),
            Map.of("database.pool-size", Integer.toString(POOL)))) {
      TestApp app =
          TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
      app.withUsers("mia", "noah");
      try (TestUser mia = app.login("mia")) {
        List<Connection> taken = takeAll(server.regions().home());
        List<Integer> codes = codes(app, mia);
        for (Connection each : taken) {
          each.close();
        }
        codes.forEach(code -> assertEquals(OVERLOADED, code));
        codes(app, mia).forEach(code -> assertEquals(0, code));
      }
    }
  }

  private static List<Callable<Integer>> calls(TestApp app, TestUser mia, TestUser noah) {
    return List.of(
        () ->
            rest(
                app,
                "openim/sendmsg",
                Json.object().put("To_Account", "noah").put("MsgRandom", 1).set("MsgBody", body())),
        () ->
            rest(
                app,
                "sns/friend_get",
                Json.object().put("From_Account", "mia").put("StartIndex", 0)),
        () ->
            rest(
                app,
                "group_open_http_svc/create_group",
                Json.object().put("Type", "Public").put("Name", "n")),
        () -> rest(app, "openconfigsvr/getappinfo", Json.object()),
        () -> rest(app, "profile/portrait_set", profile()),
        () -> TestUser.code(mia.client().request("sync", Json.object())),
        () -> TestUser.code(mia.client().request("message.send", message())),
        () ->
            TestUser.code(
                mia.client()
                    .request("group.create", Json.object().put("type", "Public").put("name", "n"))),
        () ->
            TestUser.code(
                noah.client()
                    .login(new ImLogin(app.appId(), "noah", app.sig("noah"), "web", "d"))));
  }

  private static List<Integer> codes(TestApp app, TestUser mia)
      throws InterruptedException, ExecutionException {
    List<Integer> codes = new ArrayList<>();
    try (TestUser noah = TestUser.connect(app.server().facts().imUrl());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(calls(app, mia, noah))) {
        codes.add(each.get());
      }
    }
    return codes;
  }

  /** Holds every connection of the pool. */
  private static List<Connection> takeAll(Region region) {
    List<Connection> taken = new ArrayList<>();
    try {
      while (taken.size() <= POOL) {
        taken.add(region.openTransaction());
      }
      throw new AssertionError("the pool has no end");
    } catch (StoreException e) {
      assertTrue(e.isBusy(), e::toString);
      return taken;
    }
  }

  private static int rest(TestApp app, String path, ObjectNode body) {
    return app.rest(path, body.toString()).path("ErrorCode").asInt();
  }

  private static ObjectNode profile() {
    ObjectNode body = Json.object().put("From_Account", "mia");
    body.putArray("ProfileItem").addObject().put("Tag", "Tag_Profile_IM_Nick").put("Value", "m");
    return body;
  }

  private static ObjectNode message() {
    return Json.object().put("conversation", "C2Cnoah").put("random", 7).set("body", body());
  }

  private static ArrayNode body() {
    ArrayNode body = Json.mapper().createArrayNode();
    body.addObject().put("MsgType", "TIMTextElem").putObject("MsgContent").put("Text", "hi");
    return body;
  }
}
