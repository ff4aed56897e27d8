package im.palisade.server.testing;

import com.fasterxml.jackson.databind.JsonNode;
import im.palisade.cli.CliException;
import im.palisade.cli.ConnectionFile;
import im.palisade.client.ImClient;
import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.Palisade;
import im.palisade.server.protocol.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The real server as a process of its own, started as an operator starts it, to be killed. */
public final class ServerProcess implements AutoCloseable {
  /**
   * Lock of tests that start servers, browsers or builds of their own: several at once would leave
   * too little of a small machine for all others.
   */
  public static final String MACHINE = "machine";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration SIG_VALIDITY = Duration.ofDays(1);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Path data;
  private final Path log;
  private final Process process;

  private ServerProcess(Path data, Path log, Process process) {
    this.data = data;
    this.log = log;
    this.process = process;
  }

  /** Starts a server and does not wait; settings are {@code key=value}. */
  public static ServerProcess start(Path data, String... settings) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-Xshare:auto", "--enable-native-access=ALL-UNNAMED"));
    command.add("-Dpalisade.mariadb.home=" + System.getProperty("palisade.mariadb.home"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Palisade.class.getName(), "run", "--data", data.toString()));
    command.addAll(List.of("--rest-port", "0", "--im-port", "0", "--console-port", "0"));
    List<String> all = new ArrayList<>();
    all.add("database.embedded.buffer-pool=64MiB");
    all.add("database.embedded.redo-log=32MiB");
    all.add("limits.call-rates=false");
    all.addAll(List.of(settings));
    all.forEach(setting -> command.addAll(List.of("--set", setting)));
    Path log = data.resolveSibling("server-" + STARTED.incrementAndGet() + ".log");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start();
      AtJvmEnd.close(process::destroyForcibly);
      return new ServerProcess(data, log, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it is ready. */
  public ServerProcess awaitReady() {
    long end = System.nanoTime() + START.toNanos();
    while (connection().isEmpty()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new AssertionError("the server did not get ready:\n" + output());
      }
      pause();
    }
    return this;
  }

  /** Where it is to be reached, once it is ready. */
  public Optional<ConnectionFile> connection() {
    try {
      return Optional.of(ConnectionFile.read(data)).filter(facts -> facts.pid() == process.pid());
    } catch (CliException e) {
      return Optional.empty();
    }
  }

  /** Calls REST as the administrator; {@code path} is service/command. */
  public JsonNode rest(String path, JsonNode body) throws IOException, InterruptedException {
    ConnectionFile facts = connection().orElseThrow(() -> new IOException("not ready"));
    return rest(facts, facts.sign(facts.administrator(), SIG_VALIDITY), path, body);
  }

  /** Calls REST as the administrator with a signature made before. */
  public static JsonNode rest(ConnectionFile facts, String sig, String path, JsonNode body)
      throws IOException, InterruptedException {
    String query =
        "?sdkappid=%d&identifier=%s&usersig=%s&random=1&contenttype=json"
            .formatted(facts.sdkAppId(), facts.administrator(), sig);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(facts.restUrl() + "/v4/" + path + query))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofByteArray(Json.bytes(body)))
            .build();
    HttpResponse<byte[]> response = HTTP.send(request, BodyHandlers.ofByteArray());
    return Json.mapper().readTree(response.body());
  }

  /** A client of that user, connected and logged in. */
  public static ImClient login(ConnectionFile facts, String userId)
      throws IOException, InterruptedException {
    return login(facts, userId, "linux");
  }

  /** A client of that user on a platform, which ends another one there. */
  public static ImClient login(ConnectionFile facts, String userId, String platform)
      throws IOException, InterruptedException {
    ImClient client = ImClient.connect(facts.imUrl(), new ImListener() {}, PATIENCE);
    try {
      client
          .login(
              new ImLogin(
                  facts.sdkAppId(),
                  userId,
                  facts.sign(userId, SIG_VALIDITY),
                  platform,
                  platform + "-of-" + userId))
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return client;
    } catch (ExecutionException | TimeoutException e) {
      client.abort();
      throw new IOException("login", e);
    }
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Everything it has printed. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether it ends within that time, which is not meant to be long. */
  public boolean hasEnded(Duration within) {
    try {
      return process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** kill -9; returns when it is gone. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns the exit code. */
  public int stop() {
    process.destroy();
    return awaitExit();
  }

  /** Waits for its end; returns the exit code. */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("the server does not end:\n" + output());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** kill -9 of the database that runs on a data directory; false when none does. */
  public static boolean killDatabase(Path data) {
    List<ProcessHandle> running = databases(data);
    running.forEach(ProcessHandle::destroyForcibly);
    return !running.isEmpty();
  }

  /** The databases that run on a data directory, whoever started them. */
  public static List<ProcessHandle> databases(Path data) {
    String mark = data + "/mariadb/";
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(path -> path.getFileName().toString().matches("\\d+"))
          .filter(path -> isDatabaseOf(path, mark))
          .flatMap(path -> ProcessHandle.of(Long.parseLong("" + path.getFileName())).stream())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isDatabaseOf(Path process, String mark) {
    try {
      String command = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
      return command.startsWith("/") && command.contains("mariadbd\0") && command.contains(mark);
    } catch (IOException e) {
      return false; // It has just ended.
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }

  /** A file is polled here, and nothing tells when it is there. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(10);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
