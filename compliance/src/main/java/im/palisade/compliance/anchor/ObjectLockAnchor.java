package im.palisade.compliance.anchor;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * An S3 bucket with object lock: the object cannot be changed or removed before its time, by nobody
 * (mode COMPLIANCE).
 */
public final class ObjectLockAnchor implements Anchor {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final String kind;
  private final URI bucket;
  private final Duration retention;
  private final SigV4 signer;
  private final InstantSource clock;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /**
   * A bucket.
   *
   * @param kind {@code object-lock}, or that and a name
   * @param bucket its address in path or host style, without a slash at its end
   * @param retention how long an object stays locked
   */
  public ObjectLockAnchor(
      String kind, URI bucket, Duration retention, SigV4 signer, InstantSource clock) {
    this.kind = kind;
    this.bucket = bucket;
    this.retention = retention;
    this.signer = signer;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public byte[] anchor(Head head) throws IOException {
    Instant now = clock.instant();
    String key = head.checkpoint().origin() + "/" + head.checkpoint().size();
    URI uri = URI.create(bucket + "/" + key);
    Map<String, String> headers = new TreeMap<>();
    headers.put("content-md5", md5(head.bytes())); // S3 demands it where an object is locked.
    headers.put("x-amz-object-lock-mode", "COMPLIANCE");
    headers.put(
        "x-amz-object-lock-retain-until-date",
        now.plus(retention).truncatedTo(ChronoUnit.SECONDS).toString());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .timeout(TIMEOUT)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(head.bytes()));
    signer
        .headers("PUT", uri, headers, head.bytes(), now)
        .forEach(
            (name, value) -> {
              if (!name.equals("host")) {
                request.header(name, value);
              }
            });
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new IOException("the object store answered " + answer.statusCode());
      }
      String version = answer.headers().firstValue("x-amz-version-id").orElse("");
      return Receipt.of(kind, uri + "?versionId=" + version, head.bytes(), now).bytes();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String md5(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
