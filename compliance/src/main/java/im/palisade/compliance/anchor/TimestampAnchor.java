package im.palisade.compliance.anchor;

import im.palisade.compliance.merkle.MerkleHash;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequest;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponse;

/** Lets a time stamp authority sign the checkpoint's hash (RFC 3161); the receipt is its token. */
public final class TimestampAnchor implements Anchor {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String kind;
  private final URI authority;
  private final List<X509Certificate> trusted;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /**
   * An authority at an address.
   *
   * @param kind {@code rfc3161}, or that and a name
   * @param trusted certificates of the authority or its issuer: a stamp of anybody else is refused;
   *     empty to take what comes
   */
  public TimestampAnchor(String kind, URI authority, List<X509Certificate> trusted) {
    this.kind = kind;
    this.authority = authority;
    this.trusted = List.copyOf(trusted);
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public byte[] anchor(Head head) throws IOException {
    TimeStampRequestGenerator generator = new TimeStampRequestGenerator();
    generator.setCertReq(true);
    TimeStampRequest query =
        generator.generate(
            TSPAlgorithms.SHA256, MerkleHash.sha256(head.bytes()), new BigInteger(64, RANDOM));
    HttpRequest request =
        HttpRequest.newBuilder(authority)
            .header("Content-Type", "application/timestamp-query")
            .POST(HttpRequest.BodyPublishers.ofByteArray(query.getEncoded()))
            .build();
    try {
      HttpResponse<byte[]> answer = HttpCall.send(http, request, TIMEOUT);
      if (answer.statusCode() != 200) {
        throw new IOException("the time stamp authority answered " + answer.statusCode());
      }
      TimeStampResponse response = new TimeStampResponse(answer.body());
      response.validate(query);
      if (response.getTimeStampToken() == null) {
        throw new IOException("no time stamp: " + response.getStatusString());
      }
      byte[] token = response.getTimeStampToken().getEncoded();
      if (!trusted.isEmpty()) {
        TimestampToken.check(token, head.bytes(), trusted);
      }
      return token;
    } catch (GeneralSecurityException e) {
      throw new IOException("a time stamp that does not hold: " + e.getMessage(), e);
    } catch (TSPException e) {
      throw new IOException("not a time stamp for what was asked", e);
    }
  }
}
