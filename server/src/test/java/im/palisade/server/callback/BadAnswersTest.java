package im.palisade.server.callback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.Webhook;
import im.palisade.server.app.Webhook.OnFailure;
import im.palisade.server.audit.Cause;
import im.palisade.server.protocol.Json;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.OutgoingTls;
import im.palisade.server.testing.TestUser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every way in which a receiver can fail (callbacks §1.3), over real HTTPS and at every kind of
 * door: what the app's setting says is done, in time, and an after-webhook comes again.
 */
class BadAnswersTest {
  private static final String OK = "{\"ActionStatus\":\"OK\",\"ErrorInfo\":\"\",\"ErrorCode\":0}";

  @TempDir private Path folder;

  /** What a receiver does with a request that it has read. */
  enum Fault {
    LATE {
      @Override
      void answer(Socket socket) {
        park(3_000);
      }
    },
    TRICKLE {
      @Override
      void answer(Socket socket) throws IOException {
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        for (int i = 0; i < 60; i++) {
          write(socket, " ");
          park(50);
        }
      }
    },
    NOTHING {
      @Override
      void answer(Socket socket) {}
    },
    EMPTY {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", "");
      }
    },
    NO_JSON {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", "<html>fine</html>");
      }
    },
    HALF {
      @Override
      void answer(Socket socket) throws IOException {
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + OK);
      }
    },
    HUGE {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", "{\"ErrorCode\":0,\"x\":\"" + "a".repeat(100_000) + "\"}");
      }
    },
    WRONG_TYPES {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", "{\"ErrorCode\":{},\"MsgBody\":7,\"ResultItem\":\"x\"}");
      }
    },
    NO_CODE {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", "{\"ActionStatus\":\"OK\"}");
      }
    },
    REDIRECT {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "307 Temporary Redirect\r\nLocation: /elsewhere", "");
      }
    },
    CREATED {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "201 Created", OK);
      }
    },
    FAULT {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "500 Internal Server Error", OK);
      }
    },
    RESET {
      @Override
      void answer(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    },
    NO_HTTP {
      @Override
      void answer(Socket socket) throws IOException {
        write(socket, "SSH-2.0-OpenSSH_9.2\r\n");
      }
    },
    WRONG_CERTIFICATE {
      @Override
      void answer(Socket socket) throws IOException {
        say(socket, "200 OK", OK);
      }
    };

    abstract void answer(Socket socket) throws IOException;
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void theAppsSettingDecidesAndInTime(Fault fault) throws Exception {
    try (HttpsServer server = new HttpsServer(fault);
        Hooked passing = hooked(server, OnFailure.PASS);
        Hooked refusing = hooked(server, OnFailure.REFUSE);
        TestUser one = passing.app().login("mia");
        TestUser other = refusing.app().login("mia")) {
      for (Hooked each : List.of(passing, refusing)) {
        each.ok(
            "group_open_http_svc/import_group",
            "{'Owner_Account':'mia','Type':'Public','GroupId':'old','Name':'n'}");
      }
      long begin = System.nanoTime();
      List<Callable<Integer>> acts = new ArrayList<>();
      acts.addAll(acts(passing, one));
      acts.addAll(acts(refusing, other));
      assertEquals(
          List.of(0, 0, 0, 0, 80_003, 80_003, 10_016, 38_000),
          together(acts),
          () -> fault + " asked " + server.asked);
      long millis = (System.nanoTime() - begin) / 1_000_000;
      assertTrue(millis < 6_000, "two seconds are the budget, it took " + millis);
      assertEquals(1, passing.history("mia", "noah").size());
      assertEquals(0, refusing.history("mia", "noah").size(), "nothing of it is left");
      assertEquals(fault == Fault.WRONG_CERTIFICATE ? 0 : 8, server.asked.get(), "asked once each");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LATE", "TRICKLE", "WRONG_CERTIFICATE"})
  void whatHasHappenedIsToldAgain(Fault fault) throws Exception {
    try (HttpsServer server = new HttpsServer(fault);
        Hooked hooked = hooked(server, OnFailure.REFUSE, "Profile.CallbackPortraitSet")) {
      server.worksAfter = 1;
      hooked.ok(
          "profile/portrait_set",
          "{'From_Account':'mia','ProfileItem':[{'Tag':'Tag_Profile_IM_Nick','Value':'M'}]}");
      Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> server.asked.get() >= 2);
      Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> hooked.status().waiting() == 0);
      assertEquals(2, server.asked.get());
    }
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aServiceThatJudgesTextsFailsAsTheAppWishes(Fault fault) throws Exception {
    try (HttpsServer server = new HttpsServer(fault);
        Hooked passing = judged(server, OnFailure.PASS);
        Hooked refusing = judged(server, OnFailure.REFUSE);
        TestUser one = passing.app().login("mia");
        TestUser other = refusing.app().login("mia")) {
      assertEquals(
          List.of(0, 80_005),
          together(
              List.of(
                  () -> TestUser.code(one.client().sendText("C2Cnoah", 1, "x")),
                  () -> TestUser.code(other.client().sendText("C2Cnoah", 1, "x")))),
          fault::name);
    }
  }

  private Hooked judged(HttpsServer server, OnFailure failure) throws IOException {
    Hooked hooked = hooked(server, failure, "State.StateChange");
    hooked.configure(
        now ->
            new Webhook(
                "",
                now.signed(),
                Set.of(),
                now.c2cFailure(),
                now.groupFailure(),
                now.retried(),
                now.keptHours(),
                now.backlog(),
                server.url(),
                failure));
    hooked.settings("{\"moderation\":{\"cloudMessages\":true,\"provider\":\"WEBHOOK\"}}");
    return hooked;
  }

  /** Clients do them where they can: a REST call has a deadline, which a busy machine may miss. */
  private static List<Callable<Integer>> acts(Hooked hooked, TestUser mia) {
    return List.of(
        () -> TestUser.code(mia.client().sendText("C2Cnoah", 1, "x")),
        () -> TestUser.code(mia.client().sendText("GROUPold", 1, "x")),
        () ->
            code(
                hooked.rest(
                    "group_open_http_svc/create_group",
                    "{'Owner_Account':'mia','Type':'Public','GroupId':'new','Name':'n'}")),
        () -> friend(mia));
  }

  private static int friend(TestUser mia) {
    ObjectNode data = Json.object().put("userId", "zoe").put("source", "AddSource_Type_Web");
    return TestUser.code(mia.client().request("friend.add", data));
  }

  private static int code(JsonNode reply) {
    return reply.path("ErrorCode").asInt(-1);
  }

  private static List<Integer> together(List<Callable<Integer>> acts) throws Exception {
    List<Integer> codes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Integer> each : threads.invokeAll(acts)) {
        codes.add(each.get());
      }
    }
    return codes;
  }

  private Hooked hooked(HttpsServer server, OnFailure failure, String... commands)
      throws IOException {
    Set<String> events =
        commands.length > 0
            ? Set.of(commands)
            : Set.of(
                "C2C.CallbackBeforeSendMsg",
                "Group.CallbackBeforeSendMsg",
                "Group.CallbackBeforeCreateGroup",
                "Sns.CallbackPrevFriendAdd");
    Hooked hooked = Hooked.on();
    hooked
        .app()
        .server()
        .webhooks()
        .setSecrets(
            hooked.app().app(),
            new CallbackSecrets(
                Optional.empty(), Optional.of(pem(Certificates.ec())[0]), Optional.empty()),
            Cause.system(Instant.now()));
    hooked.configure(
        now ->
            new Webhook(
                server.url(),
                now.signed(),
                events,
                failure,
                failure,
                true,
                now.keptHours(),
                now.backlog(),
                now.moderation(),
                now.moderationFailure()));
    return hooked;
  }

  private String[] pem(Certificates.Identity identity) throws IOException {
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    identity.write(certificate, key);
    return new String[] {Files.readString(certificate), Files.readString(key)};
  }

  private static void park(long millis) {
    LockSupport.parkNanos(millis * 1_000_000);
  }

  private static void say(Socket socket, String status, String body) throws IOException {
    write(
        socket,
        "HTTP/1.1 "
            + status
            + "\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  /** Reads a request of each connection, does what it is for and closes it. */
  private final class HttpsServer implements AutoCloseable {
    private final AtomicInteger asked = new AtomicInteger();
    private final ServerSocket socket;
    private volatile int worksAfter = Integer.MAX_VALUE;

    HttpsServer(Fault fault) throws IOException {
      Certificates.Identity identity =
          fault == Fault.WRONG_CERTIFICATE ? Certificates.otherEc() : Certificates.ec();
      String[] pem = pem(identity);
      SSLContext context =
          OutgoingTls.context(
              Optional.empty(), Optional.of(pem[0] + pem[1]), OutgoingTls.Verification.ON);
      socket =
          context
              .getServerSocketFactory()
              .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
      Thread.startVirtualThread(
          () -> {
            while (!socket.isClosed()) {
              try {
                Socket connection = socket.accept();
                Thread.startVirtualThread(() -> serve(fault, connection));
              } catch (IOException e) {
                return;
              }
            }
          });
    }

    private void serve(Fault fault, Socket connection) {
      try (connection) {
        readRequest(connection);
        if (asked.incrementAndGet() > worksAfter) {
          say(connection, "200 OK", OK);
        } else {
          fault.answer(connection);
        }
      } catch (IOException e) {
        // The other side has had enough.
      }
    }

    private static void readRequest(Socket socket) throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          throw new IOException("no request");
        }
        head.append((char) next);
      }
      int at = head.indexOf("Content-Length: ");
      int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r", at)));
      socket.getInputStream().readNBytes(length);
    }

    String url() {
      return "https://localhost:" + socket.getLocalPort() + "/";
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
