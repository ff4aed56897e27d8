package im.palisade.server.security;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The content of a UserSig (rest-conventions §6): JSON, compressed, in Base64 with {@code *-_} for
 * {@code +/=}. This record is what such a text says; whether it is true is {@link
 * UserSigVerifier}'s business.
 *
 * @param generation 2.0 (HMAC) or the legacy one (ECDSA)
 * @param time UNIX seconds
 * @param expire seconds
 * @param sig Base64 as it stands in the JSON
 * @param signed the text that is signed, rebuilt from the values
 */
record UserSig(
    Generation generation,
    String identifier,
    long sdkAppId,
    long time,
    long expire,
    String sig,
    String signed) {

  /** How a UserSig is signed. */
  enum Generation {
    HMAC,
    ECDSA
  }

  /** Signs for a user with a secret key (generation 2.0). */
  static String hmac(long sdkAppId, String secret, String userId, long time, long expire) {
    String signed = hmacText(userId, sdkAppId, time, expire, null);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] sum = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
      ObjectNode json = Json.object();
      json.put("TLS.ver", "2.0");
      json.put("TLS.identifier", userId);
      json.put("TLS.sdkappid", sdkAppId);
      json.put("TLS.expire", expire);
      json.put("TLS.time", time);
      json.put("TLS.sig", Base64.getEncoder().encodeToString(sum));
      return encode(Json.bytes(json));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }

  /** Signs for a user with a P-256 private key (the legacy generation). */
  static String ecdsa(long sdkAppId, PrivateKey key, String userId, long time, long expire)
      throws GeneralSecurityException {
    String app = Long.toString(sdkAppId);
    String signed =
        ecdsaText("0", "0", userId, app, Long.toString(time), Long.toString(expire), null);
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key);
    signature.update(signed.getBytes(StandardCharsets.UTF_8));
    ObjectNode json = Json.object();
    json.put("TLS.account_type", "0");
    json.put("TLS.appid_at_3rd", "0");
    json.put("TLS.identifier", userId);
    json.put("TLS.sdk_appid", app);
    json.put("TLS.time", Long.toString(time));
    json.put("TLS.expire_after", Long.toString(expire));
    json.put("TLS.sig", Base64.getEncoder().encodeToString(signature.sign()));
    return encode(Json.bytes(json));
  }

  /** Compresses and encodes a JSON text. */
  static String encode(byte[] json) {
    var out = new ByteArrayOutputStream(json.length);
    try (var deflater = new DeflaterOutputStream(out)) {
      deflater.write(json);
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
    return Base64.getEncoder()
        .encodeToString(out.toByteArray())
        .replace('+', '*')
        .replace('/', '-')
        .replace('=', '_');
  }

  /**
   * Reads a UserSig.
   *
   * @throws ImException 70003 when it cannot be decoded or a member is missing
   */
  static UserSig decode(String text) {
    var members = new Members();
    try (JsonParser parser = Json.mapper().createParser(SigEncoding.inflate(text))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw malformed();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        members.take(name, parser.nextToken(), parser);
      }
      if (parser.nextToken() != null) {
        throw malformed();
      }
    } catch (IOException e) {
      throw malformed();
    }
    return members.userSig();
  }

  static ImException malformed() {
    return new ImException(ErrorCode.SIG_MALFORMED);
  }

  private static String hmacText(
      String identifier, long sdkAppId, long time, long expire, String userBuf) {
    StringBuilder text = new StringBuilder(160);
    text.append("TLS.identifier:").append(identifier).append('\n');
    text.append("TLS.sdkappid:").append(sdkAppId).append('\n');
    text.append("TLS.time:").append(time).append('\n');
    text.append("TLS.expire:").append(expire).append('\n');
    if (userBuf != null) {
      text.append("TLS.userbuf:").append(userBuf).append('\n');
    }
    return text.toString();
  }

  private static String ecdsaText(
      String appIdAt3rd,
      String accountType,
      String identifier,
      String sdkAppId,
      String time,
      String expire,
      String userBuf) {
    StringBuilder text = new StringBuilder(200);
    if (appIdAt3rd != null) {
      text.append("TLS.appid_at_3rd:").append(appIdAt3rd).append('\n');
    }
    text.append("TLS.account_type:").append(accountType).append('\n');
    text.append("TLS.identifier:").append(identifier).append('\n');
    text.append("TLS.sdk_appid:").append(sdkAppId).append('\n');
    text.append("TLS.time:").append(time).append('\n');
    text.append("TLS.expire_after:").append(expire).append('\n');
    if (userBuf != null) {
      text.append("TLS.userbuf:").append(userBuf).append('\n');
    }
    return text.toString();
  }

  /** The members while they are being read; an absent one stays null. */
  private static final class Members {
    private String ver;
    private String identifier;
    private String sdkAppId;
    private String legacySdkAppId;
    private String time;
    private String expire;
    private String expireAfter;
    private String userBuf;
    private String accountType;
    private String appIdAt3rd;
    private String sig;

    void take(String name, JsonToken token, JsonParser parser) throws IOException {
      if (token == null) {
        throw malformed();
      }
      switch (name) {
        case "TLS.ver" -> ver = text(token, parser);
        case "TLS.identifier" -> identifier = text(token, parser);
        case "TLS.sdkappid" -> sdkAppId = number(token, parser);
        case "TLS.sdk_appid" -> legacySdkAppId = number(token, parser);
        case "TLS.time" -> time = number(token, parser);
        case "TLS.expire" -> expire = number(token, parser);
        case "TLS.expire_after" -> expireAfter = number(token, parser);
        case "TLS.userbuf" -> userBuf = text(token, parser);
        case "TLS.account_type" -> accountType = number(token, parser);
        case "TLS.appid_at_3rd" -> appIdAt3rd = number(token, parser);
        case "TLS.sig" -> sig = text(token, parser);
        default -> parser.skipChildren();
      }
    }

    UserSig userSig() {
      if (ver == null) {
        String signed =
            ecdsaText(
                appIdAt3rd,
                present(accountType),
                present(identifier),
                present(legacySdkAppId),
                present(time),
                present(expireAfter),
                userBuf);
        return new UserSig(
            Generation.ECDSA,
            identifier,
            whole(legacySdkAppId),
            whole(time),
            whole(expireAfter),
            present(sig),
            signed);
      }
      if (!ver.equals("2.0")) {
        throw malformed();
      }
      long app = whole(present(sdkAppId));
      long issued = whole(present(time));
      long valid = whole(present(expire));
      return new UserSig(
          Generation.HMAC,
          present(identifier),
          app,
          issued,
          valid,
          present(sig),
          hmacText(identifier, app, issued, valid, userBuf));
    }

    /** A string, or null for a JSON null. */
    private static String text(JsonToken token, JsonParser parser) throws IOException {
      if (token == JsonToken.VALUE_NULL) {
        return null;
      }
      if (token != JsonToken.VALUE_STRING) {
        throw malformed();
      }
      String text = parser.getText();
      for (int i = 0; i < text.length(); i++) {
        // The signed text is made of lines: a value must not be able to add one.
        if (text.charAt(i) < ' ') {
          throw malformed();
        }
      }
      return text;
    }

    /** An integer as it is written, as a number or in a string. */
    private static String number(JsonToken token, JsonParser parser) throws IOException {
      return token == JsonToken.VALUE_NUMBER_INT ? parser.getText() : text(token, parser);
    }

    private static String present(String member) {
      if (member == null) {
        throw malformed();
      }
      return member;
    }

    private static long whole(String digits) {
      try {
        return Long.parseLong(digits);
      } catch (NumberFormatException e) {
        throw malformed();
      }
    }
  }
}
