package im.palisade.compliance.anchor;

import im.palisade.compliance.checkpoint.SignedNote;
import im.palisade.compliance.checkpoint.VerifierKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Asks a witness for its cosignature (C2SP tlog-witness). */
public final class WitnessAnchor implements Anchor {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  private final String kind;
  private final URI endpoint;
  private final VerifierKey key;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final AtomicLong known = new AtomicLong();

  private record Answer(int status, String body) {}

  /**
   * A witness.
   *
   * @param kind {@code witness}, with a name behind a hyphen where there are several
   * @param submission its submission prefix
   * @param key its verifier key, of type cosignature
   */
  public WitnessAnchor(String kind, URI submission, VerifierKey key) {
    this.kind = kind;
    String prefix = submission.toString();
    this.endpoint = URI.create(prefix + (prefix.endsWith("/") ? "" : "/") + "add-checkpoint");
    this.key = key;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public byte[] anchor(Head head) throws IOException {
    Answer answer = ask(head, Math.min(known.get(), head.checkpoint().size()));
    if (answer.status() == 409 && answer.body().matches("(0|[1-9][0-9]{0,17})\\n")) {
      long old = Long.parseLong(answer.body().strip());
      if (old > head.checkpoint().size()) {
        throw new IOException(
            "the witness has cosigned " + old + " entries, more than this log holds: rolled back");
      }
      answer = ask(head, old);
    }
    if (answer.status() != 200) {
      throw new IOException(
          "the witness answered " + answer.status() + ": " + answer.body().strip());
    }
    SignedNote cosigned;
    try {
      cosigned = SignedNote.parse(head.note() + answer.body());
    } catch (IllegalArgumentException e) {
      throw new IOException("the witness did not answer with signature lines", e);
    }
    if (!cosigned.isSignedBy(key)) {
      throw new IOException("the witness answered with another key's signature");
    }
    known.set(head.checkpoint().size());
    return cosigned.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Answer ask(Head head, long old) throws IOException {
    long size = head.checkpoint().size();
    List<byte[]> proof = new ArrayList<>();
    if (old > 0 && old < size) {
      proof.addAll(head.proofs().consistencyFrom(old));
    }
    StringBuilder body = new StringBuilder("old ").append(old).append('\n');
    proof.forEach(hash -> body.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    body.append('\n').append(head.note());
    HttpRequest request =
        HttpRequest.newBuilder(endpoint)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    HttpResponse<byte[]> answer = HttpCall.send(http, request, TIMEOUT);
    return new Answer(answer.statusCode(), new String(answer.body(), StandardCharsets.UTF_8));
  }
}
