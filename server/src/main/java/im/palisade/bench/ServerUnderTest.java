package im.palisade.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import im.palisade.cli.CliException;
import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImLogin;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real server as a child process on a data directory of its own. */
final class ServerUnderTest implements Subject {
  private static final String MAIN = "im.palisade.server.Palisade";
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);
  private static final int IMPORT_BATCH = 100;
  private static final int ROOM_EXISTS = 10021;
  private static final int OWN_ROOM_EXISTS = 10025;

  /** What a benchmark must not be held back by; the report says so. */
  static final Map<String, String> LIMITS_OFF =
      Map.of(
          "PALISADE_LIMITS_CALL_RATES",
          "false",
          "PALISADE_IM_FRAMES_PER_SECOND",
          "1000000",
          "PALISADE_CONSOLE_SECOND_FACTOR",
          "optional");

  private final Process child;
  private final ConnectionFile connection;
  private final Optional<Long> database;
  private final HttpClient http;
  private final Duration startedIn;

  private ServerUnderTest(
      Process child, ConnectionFile connection, HttpClient http, Duration startedIn) {
    this.child = child;
    this.connection = connection;
    this.http = http;
    this.startedIn = startedIn;
    this.database = ProcessUse.databaseOf(child.pid());
  }

  /**
   * Starts a server and waits until it is ready.
   *
   * @param data its data directory, new or used before
   * @param jvmOptions beyond those of this JVM
   */
  static ServerUnderTest start(Path data, List<String> jvmOptions) throws InterruptedException {
    List<String> command = JavaChild.command(jvmOptions, MAIN);
    command.addAll(
        List.of(
            "run",
            "--data",
            data.toString(),
            "--rest-port",
            "0",
            "--im-port",
            "0",
            "--console-port",
            "0"));
    Path log = data.resolveSibling("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(LIMITS_OFF);
    long begin = System.nanoTime();
    Process child = JavaChild.start(builder);
    boolean ready = false;
    try {
      HttpClient http = HttpClient.newHttpClient();
      while (System.nanoTime() - begin < START_TIMEOUT.toNanos()) {
        if (!child.isAlive()) {
          throw new BenchException("the server ended while starting:\n" + tail(log));
        }
        Optional<ConnectionFile> facts = facts(data, child.pid());
        if (facts.isPresent() && isReady(http, facts.get())) {
          ready = true;
          Duration startedIn = Duration.ofNanos(System.nanoTime() - begin);
          return new ServerUnderTest(child, facts.get(), http, startedIn);
        }
        Thread.sleep(20);
      }
      throw new BenchException("the server was not ready in time:\n" + tail(log));
    } finally {
      if (!ready) {
        JavaChild.end(child);
      }
    }
  }

  /** From starting the process to its first "ready". */
  Duration startedIn() {
    return startedIn;
  }

  @Override
  public URI imUrl() {
    return connection.imUrl();
  }

  @Override
  public long pid() {
    return child.pid();
  }

  @Override
  public Optional<Long> databasePid() {
    return database;
  }

  @Override
  public void importUsers(List<String> names) throws InterruptedException {
    ObjectMapper json = new ObjectMapper();
    for (int from = 0; from < names.size(); from += IMPORT_BATCH) {
      var body = json.createObjectNode();
      ArrayNode accounts = body.putArray("Accounts");
      names.subList(from, Math.min(names.size(), from + IMPORT_BATCH)).forEach(accounts::add);
      JsonNode answer = rest("im_open_login_svc/multiaccount_import", body);
      if (answer.path("ErrorCode").asInt(-1) != 0 || !answer.path("FailAccounts").isEmpty()) {
        throw new BenchException("accounts could not be imported: " + answer);
      }
    }
  }

  @Override
  public void createRoom(String name, String type) throws InterruptedException {
    var body =
        new ObjectMapper()
            .createObjectNode()
            .put("Type", type)
            .put("GroupId", name)
            .put("Name", "bench");
    JsonNode answer = rest("group_open_http_svc/create_group", body);
    int code = answer.path("ErrorCode").asInt(-1);
    if (code != 0 && code != ROOM_EXISTS && code != OWN_ROOM_EXISTS) {
      throw new BenchException("the room could not be created: " + answer);
    }
  }

  @Override
  public ClientFrame login(String name) {
    return ClientFrame.text(
        """
        {"id":1,"cmd":"session.login","data":{"sdkAppId":%d,"userId":"%s","userSig":"%s",\
        "platform":"linux","deviceId":"bench","client":"palisade-bench/0.1.0"}}\
        """
            .formatted(connection.sdkAppId(), name, userSig(name)));
  }

  @Override
  public void close() {
    JavaChild.end(child);
  }

  private String userSig(String name) {
    return connection.sign(name, SIG_VALIDITY);
  }

  /** The app that is measured. */
  long appId() {
    return connection.sdkAppId();
  }

  /** Where the REST API is. */
  URI restUrl() {
    return connection.restUrl();
  }

  /** Path and query of a command, signed by the administrator. */
  String restPath(String command) {
    return "/v4/%s?sdkappid=%d&identifier=%s&usersig=%s&random=1&contenttype=json"
        .formatted(
            command,
            connection.sdkAppId(),
            connection.administrator(),
            userSig(connection.administrator()));
  }

  /** A login of that user for {@link im.palisade.client.ImClient}. */
  ImLogin imLogin(String name) {
    return new ImLogin(connection.sdkAppId(), name, userSig(name), "linux", "bench");
  }

  /** Makes one call that must succeed. */
  void call(String command, JsonNode body) throws InterruptedException {
    JsonNode answer = rest(command, body);
    if (answer.path("ErrorCode").asInt(-1) != 0) {
      throw new BenchException(command + " answered " + answer);
    }
  }

  private JsonNode rest(String command, JsonNode body) throws InterruptedException {
    URI uri = URI.create(connection.restUrl() + restPath(command));
    try {
      HttpResponse<byte[]> response =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(Duration.ofSeconds(30))
                  .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      return new ObjectMapper().readTree(response.body());
    } catch (IOException e) {
      throw new BenchException(command + " failed: " + e.getMessage(), e);
    }
  }

  /** The facts, once this very process has written them. */
  private static Optional<ConnectionFile> facts(Path data, long pid) {
    try {
      return Optional.of(ConnectionFile.read(data)).filter(facts -> facts.pid() == pid);
    } catch (CliException e) {
      return Optional.empty();
    }
  }

  private static boolean isReady(HttpClient http, ConnectionFile facts)
      throws InterruptedException {
    URI uri = URI.create(facts.restUrl() + "/healthz/ready");
    try {
      return http.send(
                  HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException e) {
      return false;
    }
  }

  private static String tail(Path log) {
    try {
      List<String> lines = new ArrayList<>(Files.readAllLines(log));
      return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    } catch (IOException e) {
      return "(no output)";
    }
  }
}
