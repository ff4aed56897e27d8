package im.palisade.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs a UserSig of version 2.0 (rest-conventions §6.1). To be replaced by the server's own. */
public final class LocalUserSig {
  private LocalUserSig() {}

  /** A UserSig valid from now on. */
  public static String sign(
      long sdkAppId, String secretKey, String userId, Instant now, Duration validity) {
    long time = now.getEpochSecond();
    long expire = validity.toSeconds();
    String toSign =
        "TLS.identifier:%s\nTLS.sdkappid:%d\nTLS.time:%d\nTLS.expire:%d\n"
            .formatted(userId, sdkAppId, time, expire);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secretKey.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] signature = mac.doFinal(toSign.getBytes(StandardCharsets.UTF_8));
      ObjectMapper json = new ObjectMapper();
      byte[] document =
          json.writeValueAsBytes(
              json.createObjectNode()
                  .put("TLS.ver", "2.0")
                  .put("TLS.identifier", userId)
                  .put("TLS.sdkappid", sdkAppId)
                  .put("TLS.expire", expire)
                  .put("TLS.time", time)
                  .put("TLS.sig", Base64.getEncoder().encodeToString(signature)));
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
        deflater.write(document);
      }
      return Base64.getEncoder()
          .encodeToString(packed.toByteArray())
          .replace('+', '*')
          .replace('/', '-')
          .replace('=', '_');
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every JDK has HmacSHA256 and zlib", e);
    }
  }
}
