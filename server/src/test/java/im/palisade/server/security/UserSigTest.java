package im.palisade.server.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tencentyun.TLSSigAPIv2;
import im.palisade.server.protocol.ImException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** rest-conventions §6: vectors, refusals, and signatures of the published library. */
class UserSigTest {
  private static final String KEY_1 =
      "0f1e2d3c4b5a69788796a5b4c3d2e1f00123456789abcdef0123456789abcdef";
  private static final String SIG_1 =
      "eJyrVgrxCdZLrSjILEpVsrIwMzEw0AELlaUWKVkpGekZKEH4xSnZiQUFmSlKVkYGEAARz0xJzSvJTMsEK0-MyUxOhWnI"
          + "TAeKlIfkOZoE5PnnpnrmpBpW5pYFGaUXOeWl5eZGVJqmhxlFBOaYZAdnlmRne9pCNZZk5gKdYmhuaWpsbmJoZlgLAK27"
          + "MW4_";
  private static final String SIG_2 =
      "eJw1jl0LgjAYhf-Lbgvbh9MSuqmbgrAgC7ocbtqbTMe2RIj*e0vr8pzzPHBeqDicIzUYsAplhHNOMcbzse2VRRmiEUZTdr"
          + "IRxoAMXBIgQlnMpwWkaj1UMApCamjBeSt8Z-8q1GFxlXtUl9nQMFMf890zp-bK*KI-7Yuh03q73JSC3Ulzy*v1T-Sgv7-S"
          + "FWdpTBL6-gA9JjUp";
  private static final String SIG_3 =
      "eJyrVgrxCdZLrSjILEpVsjI2NDU2MwACHbBwWWqRkpWSkZ6BEoRfnJKdWFCQmaJkZWhpAAGGEJnMlNS8ksy0TLCG51NWPO"
          + "vYHm9gCNOWmQ4U9fZPcy3OMPU0Sq8qTPVM1HY1MzJxy7JMCTIw9HTO8M31DDTOLizMDsw0trCFaizJzAU6ytDc0tTY3MTQ"
          + "zKgWAJT6M74_";
  private static final String SIG_ECDSA =
      "eJxFj9EOwTAYRt9lt4SuW9UkLgRZlmwEJeOmqa5r-syYqTDi3c1C3J5z8Z3vabFw1RFFAQkXhjtlYg0sZLUbrO4FlIqL1K"
          + "iyxjYhBCP0s5Coo4EUGicOINVXXEDXJJqux8FiEs-CuL-s55pS7LX8jU2jPBA7WGTTvd*LfJYzOJwEc2460JNelZ2vI*lJ"
          + "F*EtRUh6wYOswwptU7s1D2-dmGi2cXd3d-gbSzLe5NeTnzj0DzSQq0829YhDXYzJlwspT9ej4aYqVPP29Qa5RE3j";
  private static final String PUBLIC_KEY =
      "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVOSa7ERvZoBGXlm4WR8a7JeNdtQt"
          + "q60HkRu1h5p9UTSjwf6UK4aCu4RY/sRdzEDRpQCXAtiI76SACS70+dg+5g==";
  private static final long ISSUED_1 = 1795374161L;

  @Test
  void theVectorsOfTheSpecificationVerify() throws GeneralSecurityException {
    assertEquals(
        new VerifiedSig(ISSUED_1, ISSUED_1 + 86400),
        verify(ISSUED_1, 20000000, "alice", SIG_1, hmac(KEY_1)));
    assertEquals(
        new VerifiedSig(1795374162, 1795374162 + 15552000),
        verify(
            1795374163,
            1600012345,
            "administrator",
            SIG_2,
            hmac("7c1d9a40e2b85f36a7c1d9a40e2b85f36a7c1d9a40e2b85f36a7c1d9a40e2b85")));
    assertEquals(
        new VerifiedSig(1795374162, 1795374162 + 315360000),
        verify(1795374163, 1900000001, "用户_01", SIG_3, hmac("palisade-secret-key-0001")));
    assertEquals(
        new VerifiedSig(1795374225, 1795374225 + 15552000),
        verify(1795374226, 20000000, "alice", SIG_ECDSA, ecdsa()));
  }

  @Test
  void aSignatureOfThePublishedLibraryVerifiesAndOursLooksTheSameToIt() {
    long now = Instant.now().getEpochSecond();
    String sig = new TLSSigAPIv2(1400000001, "secret of the app").genUserSig("bob", 3600);
    VerifiedSig verified = verify(now, 1400000001, "bob", sig, hmac("secret of the app"));
    assertEquals(3600, verified.expiresAt() - verified.issuedAt());

    String withBuffer =
        new TLSSigAPIv2(1400000001, "secret of the app").genPrivateMapKey("bob", 3600, 10_000, 255);
    verify(now, 1400000001, "bob", withBuffer, hmac("secret of the app"));
  }

  @Test
  void whatWeSignVerifiesInBothGenerations() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair pair = generator.generateKeyPair();
    var signer = new UserSigSigner(at(1000));
    String sig = signer.sign(5, hmac("k"), "bob", Duration.ofSeconds(60));
    assertEquals(new VerifiedSig(1000, 1060), verify(1060, 5, "bob", sig, hmac("k")));
    String legacy = signer.signLegacy(5, pair.getPrivate(), "bob", Duration.ofSeconds(60));
    var key = new VerificationKey.Ecdsa(pair.getPublic());
    assertEquals(new VerifiedSig(1000, 1060), verify(1060, 5, "bob", legacy, key));
    refused(70009, 1000, 5, "bob", legacy, ecdsa());
  }

  @Test
  void anyOfSeveralKeysWillDo() throws GeneralSecurityException {
    List<VerificationKey> keys = List.of(hmac("new"), ecdsa(), hmac(KEY_1));
    var verifier = new UserSigVerifier(at(ISSUED_1));
    verifier.verify(20000000, "alice", SIG_1, keys);
    new UserSigVerifier(at(1795374226)).verify(20000000, "alice", SIG_ECDSA, keys);
  }

  @Test
  void eachFaultHasItsCode() throws GeneralSecurityException {
    refused(70002, ISSUED_1, 20000000, "alice", "", hmac(KEY_1));
    refused(70009, ISSUED_1, 20000000, "alice", SIG_1, hmac("another app's key"));
    refused(70013, ISSUED_1, 20000000, "Alice", SIG_1, hmac(KEY_1));
    refused(70014, ISSUED_1, 20000001, "alice", SIG_1, hmac(KEY_1));
    refused(70016, ISSUED_1, 20000000, "alice", SIG_1);
    refused(70016, ISSUED_1, 20000000, "alice", SIG_1, ecdsa());
    refused(70016, 1795374226, 20000000, "alice", SIG_ECDSA, hmac(KEY_1));
  }

  @Test
  void theOrderOfFaultsIsUserThenAppThenTimeThenKey() {
    long late = ISSUED_1 + 86401;
    refused(70013, late, 1, "bob", SIG_1);
    refused(70014, late, 1, "alice", SIG_1);
    refused(70001, late, 20000000, "alice", SIG_1);
    refused(70016, ISSUED_1, 20000000, "alice", SIG_1);
  }

  @Test
  void itHoldsUpToAndIncludingItsLastSecond() {
    verify(ISSUED_1 + 86400, 20000000, "alice", SIG_1, hmac(KEY_1));
    refused(70001, ISSUED_1 + 86401, 20000000, "alice", SIG_1, hmac(KEY_1));
  }

  @Test
  void aTimeMoreThanADayAheadIsMalformed() {
    verify(ISSUED_1 - 86400, 20000000, "alice", SIG_1, hmac(KEY_1));
    refused(70003, ISSUED_1 - 86401, 20000000, "alice", SIG_1, hmac(KEY_1));
  }

  @Test
  void aValidityThatOverflowsNeverEnds() {
    String sig = UserSig.hmac(5, "k", "bob", 1000, Long.MAX_VALUE);
    assertEquals(Long.MAX_VALUE, verify(2000, 5, "bob", sig, hmac("k")).expiresAt());
    refused(70001, 2000, 5, "bob", UserSig.hmac(5, "k", "bob", 1000, Long.MIN_VALUE), hmac("k"));
  }

  @Test
  void integersMayBeStringsAndTheTextMayEndInWhitespace() {
    String text = "{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"alice\",\"TLS.sdkappid\":\"20000000\"";
    String sum = "\"TLS.sig\":\"wTnA4PnOmeIle1ymvR2grBnfmmXy5gV2XQl4kSitkkI=\"}";
    String json = text + ",\"TLS.expire\":\"86400\",\"TLS.time\":\"1795374161\"," + sum + " \r\n";
    verify(ISSUED_1, 20000000, "alice", encoded(json), hmac(KEY_1));
  }

  @Test
  void anEscapedSlashIsASlash() {
    String json =
        "{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"administrator\",\"TLS.sdkappid\":1600012345,"
            + "\"TLS.expire\":15552000,\"TLS.time\":1795374162,\"x\":{\"a\":[1]},"
            + "\"TLS.sig\":\"sfsjfU+xk3pgONHuN2rV35\\/vPITxommC8Bca3h1kYNg=\"}";
    VerificationKey key = hmac("7c1d9a40e2b85f36a7c1d9a40e2b85f36a7c1d9a40e2b85f36a7c1d9a40e2b85");
    verify(1795374162, 1600012345, "administrator", encoded(json), key);
  }

  @Test
  void oneChangedCharacterOfTheSumIsAMismatch() {
    String json =
        "{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"alice\",\"TLS.sdkappid\":20000000,"
            + "\"TLS.expire\":86400,\"TLS.time\":1795374161,"
            + "\"TLS.sig\":\"wTnA4PnOmeIle1ymvR2grBnfmmXy5gV2XQl4kSitkkA=\"}";
    refused(70009, ISSUED_1, 20000000, "alice", encoded(json), hmac(KEY_1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "TLS.ver",
        "TLS.identifier",
        "TLS.sdkappid",
        "TLS.expire",
        "TLS.time",
        "TLS.sig",
      })
  void aMissingMemberIsMalformed(String member) {
    String json =
        "{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"alice\",\"TLS.sdkappid\":20000000,"
            + "\"TLS.expire\":86400,\"TLS.time\":1795374161,"
            + "\"TLS.sig\":\"wTnA4PnOmeIle1ymvR2grBnfmmXy5gV2XQl4kSitkkI=\"}";
    verify(ISSUED_1, 20000000, "alice", encoded(json), hmac(KEY_1));
    refused(
        70003, ISSUED_1, 20000000, "alice", encoded(json.replace(member, "other")), hmac(KEY_1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "not an object | [1]",
        "two objects | {} {}",
        "cut off | {\"TLS.ver\":\"2.0\"",
        "another version | {\"TLS.ver\":\"3.0\"}",
        "a version that is a number | {\"TLS.ver\":2.0}",
        "nothing | ` `",
      })
  void otherJsonIsMalformed(String what, String json) {
    refused(70003, ISSUED_1, 20000000, "alice", encoded(json), hmac(KEY_1));
  }

  @Test
  void aValueCannotAddALineToTheSignedText() {
    // "0\nTLS.account_type:0" in one member reads, once signed, like two members.
    String json =
        "{\"TLS.appid_at_3rd\":\"0\\nTLS.account_type:0\",\"TLS.account_type\":\"0\","
            + "\"TLS.identifier\":\"alice\",\"TLS.sdk_appid\":\"20000000\",\"TLS.time\":\"1\","
            + "\"TLS.expire_after\":\"1\",\"TLS.sig\":\"AA==\"}";
    refused(70003, 1, 20000000, "alice", encoded(json), hmac(KEY_1));
  }

  @Test
  void whatIsNoEncodingIsMalformed() {
    for (int length = 1; length < SIG_1.length() - 1; length++) {
      refused(70003, ISSUED_1, 20000000, "alice", SIG_1.substring(0, length), hmac(KEY_1));
    }
    String plain = Base64.getEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
    refused(70003, ISSUED_1, 20000000, "alice", plain, hmac(KEY_1));
    refused(70003, ISSUED_1, 20000000, "alice", "用户", hmac(KEY_1));
    refused(70003, ISSUED_1, 20000000, "alice", "A".repeat(1 << 20), hmac(KEY_1));
    refused(70003, ISSUED_1, 20000000, "alice", "{\"TLS.time\":\"2015\"}", hmac(KEY_1));
  }

  @Test
  void aBombIsMalformedAndAJsonOfEightKiBytesIsNot() {
    String fits = UserSig.hmac(5, "k", "bob", 1000, 60);
    String json = new String(SigEncoding.inflate(fits), StandardCharsets.UTF_8);
    String padded = json + " ".repeat((8 << 10) - json.length());
    verify(1000, 5, "bob", encoded(padded), hmac("k"));
    refused(70003, 1000, 5, "bob", encoded(padded + " "), hmac("k"));
    refused(70003, 1000, 5, "bob", encoded(json + " ".repeat(8 << 20)), hmac("k"));
  }

  @Test
  void noDamageVerifiesUnlessTheEncodingHasUnusedBitsThere() {
    var random = new Random(7);
    byte[] json = SigEncoding.inflate(SIG_1);
    for (int i = 0; i < 20_000; i++) {
      char[] damaged = SIG_1.toCharArray();
      damaged[random.nextInt(damaged.length)] = (char) (33 + random.nextInt(94));
      String text = new String(damaged);
      try {
        verify(ISSUED_1, 20000000, "alice", text, hmac(KEY_1));
        assertArrayEquals(json, SigEncoding.inflate(text), text);
      } catch (ImException e) {
        assertTrue(Set.of(70001, 70003, 70009, 70013, 70014).contains(e.code()), text);
      }
    }
  }

  private static VerifiedSig verify(
      long now, long app, String user, String sig, VerificationKey... keys) {
    return new UserSigVerifier(at(now)).verify(app, user, sig, List.of(keys));
  }

  private static void refused(
      int code, long now, long app, String user, String sig, VerificationKey... keys) {
    var refusal =
        assertThrows(ImException.class, () -> verify(now, app, user, sig, keys), () -> sig);
    assertEquals(code, refusal.code(), sig);
  }

  private static String encoded(String json) {
    return UserSig.encode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static Clock at(long seconds) {
    return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
  }

  private static VerificationKey.Hmac hmac(String secret) {
    return new VerificationKey.Hmac(secret);
  }

  private static VerificationKey.Ecdsa ecdsa() throws GeneralSecurityException {
    byte[] der = Base64.getDecoder().decode(PUBLIC_KEY);
    PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
    return new VerificationKey.Ecdsa(key);
  }
}
