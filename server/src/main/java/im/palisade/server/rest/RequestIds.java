package im.palisade.server.rest;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

/** Ids that are unique over restarts and nodes: a random stem per process and a counter. */
public final class RequestIds {
  private final String stem;
  private final AtomicLong counter = new AtomicLong();

  /** Ids of this process. */
  public RequestIds() {
    byte[] random = new byte[6];
    new SecureRandom().nextBytes(random);
    stem = "req_" + HexFormat.of().formatHex(random) + '_';
  }

  /** Another one. */
  public String next() {
    return stem + Long.toString(counter.incrementAndGet(), 36);
  }
}
