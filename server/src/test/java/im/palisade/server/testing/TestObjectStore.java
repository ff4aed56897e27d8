package im.palisade.server.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/**
 * A store that speaks as much of S3 as object lock needs: versions, retention, refusals in XML, and
 * requests whose signature, hashes and date it checks by itself, after the service's documentation.
 */
public final class TestObjectStore implements AutoCloseable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
  private static final Pattern AUTHORIZATION =
      Pattern.compile(
          "AWS4-HMAC-SHA256 Credential=([^/]+)/(\\d{8})/([^/]+)/s3/aws4_request, ?"
              + "SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})");

  /** What is wrong with it. */
  public enum Fault {
    NONE,
    FORBIDDEN,
    BROKEN,
    /** A bucket that was made without object lock. */
    LOCK_REFUSED,
    /** A store that knows nothing of the lock. */
    LOCK_IGNORED,
    /** And nothing of versions either. */
    NO_VERSIONS,
    LOCK_TOO_SHORT,
    LOCK_NOT_FOR_ALL,
    OTHER_BYTES
  }

  /** An object as it was put: what was in it, a checkpoint, and how it is locked. */
  public record Stored(String text, String mode, Instant until) {}

  private final String accessKey;
  private final String secret;
  private final String region;
  private final Clock clock;
  private final Map<String, Stored> objects = new ConcurrentSkipListMap<>();
  private final AtomicInteger versions = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpsServer server;
  private volatile Fault fault = Fault.NONE;
  private volatile CountDownLatch held = new CountDownLatch(0);
  private volatile CountDownLatch asked = new CountDownLatch(0);

  /** Starts one that shows this side of TLS. */
  public TestObjectStore(
      SSLContext tls, String accessKey, String secret, String region, Clock clock)
      throws IOException {
    this.accessKey = accessKey;
    this.secret = secret;
    this.region = region;
    this.clock = clock;
    this.server = listen(tls, 0);
  }

  /** Where it is. */
  public String url() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  /** From now on it fails so. */
  public void fails(Fault how) {
    fault = how;
  }

  /** Comes back at the same address and shows something else. */
  public void comeBack(SSLContext tls) throws IOException {
    int port = server.getAddress().getPort();
    server.stop(0);
    server = listen(tls, port);
  }

  /** Takes what comes and does not answer before {@link #letGo}. */
  public void hold() {
    held = new CountDownLatch(1);
    asked = new CountDownLatch(1);
  }

  /** Whether something came since {@link #hold}. */
  public boolean isAsked() {
    return asked.getCount() == 0;
  }

  /** Answers what it held. */
  public void letGo() {
    held.countDown();
  }

  /** What it has, by path with version. */
  public Map<String, Stored> objects() {
    return Map.copyOf(objects);
  }

  private HttpsServer listen(SSLContext tls, int port) throws IOException {
    HttpsServer fresh =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
    fresh.setHttpsConfigurator(new HttpsConfigurator(tls));
    fresh.setExecutor(threads);
    fresh.createContext("/", this::answer);
    fresh.start();
    return fresh;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      asked.countDown();
      held.await();
      String wrong = wrong(exchange, body);
      if (fault == Fault.FORBIDDEN) {
        refuse(exchange, 403, "AccessDenied");
      } else if (fault == Fault.BROKEN) {
        refuse(exchange, 500, "InternalError");
      } else if (!wrong.isEmpty()) {
        refuse(exchange, 403, wrong);
      } else if (exchange.getRequestMethod().equals("PUT")) {
        put(exchange, body);
      } else {
        get(exchange);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private void put(HttpExchange exchange, byte[] body)
      throws IOException, GeneralSecurityException {
    Headers headers = exchange.getRequestHeaders();
    String mode = headers.getFirst("x-amz-object-lock-mode");
    String md5 = Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(body));
    if (mode != null && !md5.equals(headers.getFirst("content-md5"))) {
      refuse(exchange, 400, "InvalidDigest");
      return;
    }
    if (fault == Fault.LOCK_REFUSED) {
      refuse(exchange, 400, "InvalidRequest");
      return;
    }
    Instant until = Instant.parse(headers.getFirst("x-amz-object-lock-retain-until-date"));
    // A version as the service gives them, with what has to be escaped in an address.
    String version = "v." + versions.incrementAndGet() + "+_/=";
    objects.put(
        exchange.getRequestURI().getPath() + "?" + version,
        new Stored(new String(body, StandardCharsets.UTF_8), mode, until));
    if (fault != Fault.NO_VERSIONS) {
      exchange.getResponseHeaders().set("x-amz-version-id", version);
    }
    exchange.sendResponseHeaders(200, -1);
  }

  private void get(HttpExchange exchange) throws IOException {
    String query = exchange.getRequestURI().getQuery();
    Stored stored =
        objects.get(
            exchange.getRequestURI().getPath() + "?" + query.substring("versionId=".length()));
    if (stored == null) {
      refuse(exchange, 404, "NoSuchVersion");
      return;
    }
    byte[] bytes = utf8(stored.text());
    Headers headers = exchange.getResponseHeaders();
    if (fault == Fault.OTHER_BYTES) {
      bytes[0] ^= 1;
    }
    if (fault != Fault.LOCK_IGNORED) {
      headers.set(
          "x-amz-object-lock-mode", fault == Fault.LOCK_NOT_FOR_ALL ? "GOVERNANCE" : stored.mode());
      headers.set(
          "x-amz-object-lock-retain-until-date",
          stored
              .until()
              .minus(Duration.ofDays(fault == Fault.LOCK_TOO_SHORT ? 1 : 0))
              .toString()
              .replace("Z", ".000Z"));
    }
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static void refuse(HttpExchange exchange, int status, String code) throws IOException {
    byte[] xml =
        utf8(
            "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>no</Message></Error>"
                .formatted(code));
    exchange.sendResponseHeaders(status, xml.length);
    exchange.getResponseBody().write(xml);
  }

  /** The code of what is wrong with a request; empty when nothing is. */
  private String wrong(HttpExchange exchange, byte[] body) throws GeneralSecurityException {
    Headers headers = exchange.getRequestHeaders();
    Matcher authorization =
        AUTHORIZATION.matcher(String.valueOf(headers.getFirst("authorization")));
    String date = String.valueOf(headers.getFirst("x-amz-date"));
    if (!authorization.matches() || !authorization.group(1).equals(accessKey)) {
      return "InvalidAccessKeyId";
    }
    if (!authorization.group(3).equals(region) || !date.startsWith(authorization.group(2))) {
      return "AuthorizationHeaderMalformed";
    }
    Instant signed = LocalDateTime.parse(date, TIME).toInstant(ZoneOffset.UTC);
    if (Duration.between(signed, clock.instant()).abs().compareTo(Duration.ofMinutes(15)) > 0) {
      return "RequestTimeTooSkewed";
    }
    String hash = hex(sha256(body));
    if (!hash.equals(headers.getFirst("x-amz-content-sha256"))) {
      return "XAmzContentSHA256Mismatch";
    }
    Map<String, String> named = new TreeMap<>();
    for (String name : authorization.group(4).split(";", -1)) {
      named.put(name, String.valueOf(headers.getFirst(name)).strip());
    }
    boolean all =
        headers.keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .filter(name -> name.startsWith("x-amz-") || name.equals("host"))
            .allMatch(named::containsKey);
    if (!all) {
      return "AccessDenied";
    }
    String request =
        String.join(
            "\n",
            exchange.getRequestMethod(),
            exchange.getRequestURI().getRawPath(),
            query(exchange.getRequestURI().getRawQuery()),
            named.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue() + "\n")
                .collect(Collectors.joining()),
            String.join(";", named.keySet()),
            hash);
    String scope = authorization.group(2) + "/" + region + "/s3/aws4_request";
    String text = String.join("\n", "AWS4-HMAC-SHA256", date, scope, hex(sha256(utf8(request))));
    byte[] key = hmac(utf8("AWS4" + secret), authorization.group(2));
    for (String part : new String[] {region, "s3", "aws4_request"}) {
      key = hmac(key, part);
    }
    return hex(hmac(key, text)).equals(authorization.group(5)) ? "" : "SignatureDoesNotMatch";
  }

  private static String query(String raw) {
    return raw == null
        ? ""
        : Arrays.stream(raw.split("&", -1)).sorted().collect(Collectors.joining("&"));
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(utf8(text));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    letGo();
    server.stop(0);
    threads.close();
  }
}
