package im.palisade.compliance.anchor;

import im.palisade.compliance.merkle.MerkleHash;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to S3 (AWS Signature Version 4). By hand, because the SDK's signer comes with nine
 * jars for these few lines; held against the example of the service's documentation.
 */
public record SigV4(String accessKey, String secretKey, String region) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** The headers to send: those given, host, date, content hash and authorization. */
  public Map<String, String> headers(
      String method, URI uri, Map<String, String> given, byte[] body, Instant now) {
    String time = TIME.format(now);
    String hash = hex(MerkleHash.sha256(body));
    TreeMap<String, String> headers = new TreeMap<>(given);
    headers.put("host", uri.getPort() < 0 ? uri.getHost() : uri.getHost() + ":" + uri.getPort());
    headers.put("x-amz-date", time);
    headers.put("x-amz-content-sha256", hash);
    String signed = String.join(";", headers.keySet());
    String canonical =
        method
            + "\n"
            + uri.getRawPath()
            + "\n"
            + (uri.getRawQuery() == null ? "" : uri.getRawQuery())
            + "\n"
            + headers.entrySet().stream()
                .map(each -> each.getKey() + ":" + each.getValue().strip() + "\n")
                .collect(Collectors.joining())
            + "\n"
            + signed
            + "\n"
            + hash;
    String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
    String text =
        "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + hex(MerkleHash.sha256(utf8(canonical)));
    byte[] key = utf8("AWS4" + secretKey);
    for (String part : scope.split("/", -1)) {
      key = hmac(key, part);
    }
    headers.put(
        "authorization",
        "AWS4-HMAC-SHA256 Credential="
            + accessKey
            + "/"
            + scope
            + ",SignedHeaders="
            + signed
            + ",Signature="
            + hex(hmac(key, text)));
    return headers;
  }

  @Override
  public String toString() {
    return "SigV4[" + accessKey + ", " + region + "]";
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
