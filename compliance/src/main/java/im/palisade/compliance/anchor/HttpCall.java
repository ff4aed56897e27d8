package im.palisade.compliance.anchor;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A call of a place outside that is answered in time as a whole, or not at all: the time a request
 * itself may be given ends with the answer's head, and a body may never come.
 */
public final class HttpCall {
  /** Longer than any proof, token or refusal. */
  private static final int MOST_BYTES = 1 << 20;

  private HttpCall() {}

  /**
   * Asks.
   *
   * @throws IOException when there is no whole answer in that time, or the thread is interrupted
   */
  public static HttpResponse<byte[]> send(HttpClient http, HttpRequest request, Duration atMost)
      throws IOException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return answer.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + atMost.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed
          ? failed
          : new IOException(String.valueOf(e.getCause()), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      answer.cancel(true);
    }
  }
}
