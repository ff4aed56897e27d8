package im.palisade.compliance.anchor;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/**
 * An S3 bucket with object lock: the object cannot be changed or removed before its time, by nobody
 * (mode COMPLIANCE). Stores that do not know the lock take the object all the same and say nothing,
 * so it is read back and counts only when the store says of it that it is locked for as long.
 */
public final class ObjectLockAnchor extends CopyAnchor {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String MODE = "x-amz-object-lock-mode";
  private static final String UNTIL = "x-amz-object-lock-retain-until-date";
  private static final String COMPLIANCE = "COMPLIANCE";

  /** What a refusal says of its cause, such as {@code SignatureDoesNotMatch}. */
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,60})</Code>");

  private final URI bucket;
  private final Duration retention;
  private final SigV4 signer;
  private final InstantSource clock;
  private final Duration patience;
  private final HttpClient http;

  /**
   * A bucket.
   *
   * @param kind {@code object-lock}, or that and a name
   * @param bucket its address in path or host style, without a slash at its end
   * @param retention how long an object stays locked
   * @param tls whom to believe that they are the store
   */
  public ObjectLockAnchor(
      String kind,
      URI bucket,
      Duration retention,
      SigV4 signer,
      SSLContext tls,
      InstantSource clock) {
    this(kind, bucket, retention, signer, tls, clock, TIMEOUT);
  }

  ObjectLockAnchor(
      String kind,
      URI bucket,
      Duration retention,
      SigV4 signer,
      SSLContext tls,
      InstantSource clock,
      Duration patience) {
    super(kind, clock);
    this.bucket = bucket;
    this.retention = retention;
    this.signer = signer;
    this.clock = clock;
    this.patience = patience;
    this.http =
        HttpClient.newBuilder()
            .sslContext(tls)
            .connectTimeout(patience)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  @Override
  String keep(Head head, Instant now) throws IOException {
    byte[] bytes = head.bytes();
    Instant until = now.plus(retention).truncatedTo(ChronoUnit.SECONDS);
    URI object =
        URI.create(bucket + "/" + head.checkpoint().origin() + "/" + head.checkpoint().size());
    Map<String, String> headers =
        Map.of(
            "content-md5",
            md5(bytes), // S3 demands it where an object is locked.
            MODE,
            COMPLIANCE,
            UNTIL,
            until.toString());
    String version =
        ask("PUT", object, headers, bytes)
            .headers()
            .firstValue("x-amz-version-id")
            .orElseThrow(
                () -> new IOException("the bucket keeps no versions, so it locks nothing"));
    URI kept = URI.create(object + "?versionId=" + encoded(version));
    HttpResponse<byte[]> copy = ask("GET", kept, Map.of(), new byte[0]);
    if (!Arrays.equals(copy.body(), bytes)) {
      throw new IOException("the object store gives back something else than it was given");
    }
    String mode = copy.headers().firstValue(MODE).orElse("");
    if (!mode.equals(COMPLIANCE) || lockedUntil(copy).isBefore(until)) {
      throw new IOException(
          "the object store took the checkpoint and does not say that it is locked until " + until);
    }
    return kept.toString();
  }

  private HttpResponse<byte[]> ask(String method, URI uri, Map<String, String> given, byte[] body)
      throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    request.method(
        method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    signer
        .headers(method, uri, given, body, clock.instant())
        .forEach(
            (name, value) -> {
              if (!name.equals("host")) {
                request.header(name, value);
              }
            });
    HttpResponse<byte[]> answer = HttpCall.send(http, request.build(), patience);
    if (answer.statusCode() != 200) {
      Matcher code = CODE.matcher(new String(answer.body(), StandardCharsets.UTF_8));
      String why = code.find() ? " " + code.group(1) : "";
      throw new IOException("the object store answered " + answer.statusCode() + why);
    }
    return answer;
  }

  private static Instant lockedUntil(HttpResponse<byte[]> copy) {
    try {
      return Instant.parse(copy.headers().firstValue(UNTIL).orElse(""));
    } catch (DateTimeException e) {
      return Instant.MIN;
    }
  }

  /** As the signature has it, which knows no plus for a space. */
  private static String encoded(String version) {
    return URLEncoder.encode(version, StandardCharsets.UTF_8)
        .replace("+", "%20")
        .replace("*", "%2A")
        .replace("%7E", "~");
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
