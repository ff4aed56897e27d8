package im.palisade.server.message;

import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.rest.RestCall;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A REST call waits for its messages; the writer does not wait for anybody. */
public final class RestSends {
  private RestSends() {}

  /** Hands a message over; the future tells its fate. */
  public static CompletableFuture<Receipt> offer(MessageService messages, OutgoingMessage message) {
    CompletableFuture<Receipt> future = new CompletableFuture<>();
    messages.send(
        message,
        new MessageService.Answer() {
          @Override
          public void sent(Receipt receipt) {
            future.complete(receipt);
          }

          @Override
          public void refused(ImException reason) {
            future.completeExceptionally(reason);
          }
        });
    return future;
  }

  /**
   * The receipt, no later than the call's deadline.
   *
   * @throws ImException the refusal, MESSAGE_TIMEOUT or MESSAGE_RETRY
   */
  public static Receipt await(RestCall call, Clock clock, CompletableFuture<Receipt> future) {
    return await(Duration.between(clock.instant(), call.deadline()), future);
  }

  /** The receipt within that time; see the other. */
  static Receipt await(Duration left, CompletableFuture<Receipt> future) {
    try {
      return future.get(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ImException(ErrorCode.MESSAGE_TIMEOUT);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ImException refusal
          ? refusal
          : new ImException(ErrorCode.MESSAGE_FAILED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImException(ErrorCode.MESSAGE_RETRY);
    }
  }
}
