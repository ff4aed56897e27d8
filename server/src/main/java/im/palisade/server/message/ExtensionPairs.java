package im.palisade.server.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.protocol.ErrorCode;
import im.palisade.server.protocol.ImException;
import im.palisade.server.protocol.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The key-value pairs of one message and their sequence model (rest-messages Part C): every
 * successful call takes the next number, deleted keys leave tombstones. Not safe for several
 * threads; a call works on a copy of its own under the conversation's lock.
 */
public final class ExtensionPairs {
  /** Most pairs, and most tombstones, of a message. */
  static final int MAX_PAIRS = 300;

  /** Most entries of a page. */
  static final int PAGE = 200;

  private static final long WINDOW_SECONDS = 60;
  private static final byte FORMAT_JSON = 1;
  private static final byte NOT_ENCRYPTED = 0;
  private static final int HEADER = 2;

  private static final Comparator<Pair> IN_ORDER =
      Comparator.comparingLong(Pair::seq).thenComparing(Pair::keyBytes, Arrays::compareUnsigned);

  private final Map<String, Pair> pairs = new LinkedHashMap<>();
  private long latestSeq;
  private long clearSeq;
  private long prunedSeq;
  private long windowStart;
  private int windowSets;

  /**
   * A pair as it stands.
   *
   * @param value empty when deleted
   * @param deleted a tombstone
   */
  public record Pair(String key, String value, long seq, boolean deleted) {
    byte[] keyBytes() {
      return key.getBytes(StandardCharsets.UTF_8);
    }
  }

  /**
   * What a caller wants of a key.
   *
   * @param seq the sequence it knows; empty when it need not know
   */
  public record Wish(String key, String value, OptionalLong seq) {}

  /**
   * What became of a wish.
   *
   * @param code 0, or EXTENSION_CONFLICT with the pair as it stands
   */
  public record Result(int code, Pair pair) {
    /** Whether it was fulfilled. */
    public boolean done() {
      return code == 0;
    }
  }

  /** Part of the pairs in their order, and whether it is the rest. */
  public record Page(
      List<Pair> pairs, boolean complete, long latestSeq, long clearSeq, long prunedSeq) {}

  /**
   * Counts a set operation.
   *
   * @param perMinute allowed on the message; 0 for any number
   * @throws ImException EXTENSION_TOO_FREQUENT
   */
  void admitSet(long nowSeconds, int perMinute) {
    if (nowSeconds >= windowStart + WINDOW_SECONDS || nowSeconds < windowStart) {
      windowStart = nowSeconds;
      windowSets = 0;
    }
    if (perMinute > 0 && windowSets >= perMinute) {
      throw new ImException(ErrorCode.EXTENSION_TOO_FREQUENT);
    }
    windowSets++;
  }

  /**
   * Sets pairs; those in conflict stay as they are.
   *
   * @throws ImException GROUP_INVALID_PARAMETER when there would be too many; then the object must
   *     not be used any more
   */
  List<Result> set(List<Wish> wishes) {
    long seq = latestSeq + 1;
    List<Result> results =
        apply(wishes, wish -> new Pair(wish.key(), wish.value(), seq, false), seq);
    if (pairs.values().stream().filter(pair -> !pair.deleted()).count() > MAX_PAIRS) {
      throw new ImException(
          ErrorCode.GROUP_INVALID_PARAMETER, "more than " + MAX_PAIRS + " pairs on a message");
    }
    return results;
  }

  /** Deletes pairs; those in conflict stay. A key that was never set leaves no tombstone. */
  List<Result> delete(List<Wish> wishes) {
    long seq = latestSeq + 1;
    List<Result> results = new ArrayList<>();
    for (Wish wish : wishes) {
      boolean known = pairs.containsKey(wish.key());
      results.addAll(apply(List.of(wish), each -> new Pair(each.key(), "", seq, true), seq));
      if (!known) {
        pairs.remove(wish.key());
      }
    }
    prune();
    return results;
  }

  /** Removes every pair and tombstone. */
  void clear() {
    clearSeq = latestSeq;
    latestSeq++;
    prunedSeq = 0;
    pairs.clear();
  }

  /**
   * Pairs from a sequence on; a page never splits one.
   *
   * @param startSeq 0 for a full pull, which has no tombstones
   */
  Page page(long startSeq) {
    List<Pair> from =
        pairs.values().stream()
            .filter(pair -> startSeq == 0 ? !pair.deleted() : pair.seq() >= startSeq)
            .sorted(IN_ORDER)
            .toList();
    int end = from.size();
    if (end > PAGE) {
      end = PAGE;
      while (from.get(end - 1).seq() == from.get(end).seq()) {
        end--;
      }
    }
    return new Page(from.subList(0, end), end == from.size(), latestSeq, clearSeq, prunedSeq);
  }

  /** Every pair and every tombstone, in the order of their numbers. */
  public List<Pair> all() {
    return pairs.values().stream().sorted(IN_ORDER).toList();
  }

  /** The highest number of a pair. */
  public long latestSeq() {
    return latestSeq;
  }

  /** Pairs with lower numbers are gone. */
  public long clearSeq() {
    return clearSeq;
  }

  @FunctionalInterface
  private interface Outcome {
    Pair of(Wish wish);
  }

  private List<Result> apply(List<Wish> wishes, Outcome outcome, long seq) {
    List<Result> results = new ArrayList<>();
    for (Wish wish : wishes) {
      Pair present = pairs.getOrDefault(wish.key(), new Pair(wish.key(), "", 0, true));
      if (isStale(wish, present)) {
        results.add(new Result(ErrorCode.EXTENSION_CONFLICT.number(), present));
      } else {
        Pair next = outcome.of(wish);
        pairs.put(wish.key(), next);
        latestSeq = seq;
        results.add(new Result(0, next));
      }
    }
    return results;
  }

  /** A deleted key may be taken for one that was never there. */
  private static boolean isStale(Wish wish, Pair present) {
    return wish.seq().isPresent()
        && wish.seq().getAsLong() != present.seq()
        && !(present.deleted() && wish.seq().getAsLong() == 0);
  }

  private void prune() {
    List<Pair> tombstones = pairs.values().stream().filter(Pair::deleted).sorted(IN_ORDER).toList();
    int surplus = tombstones.size() - MAX_PAIRS;
    for (int i = 0; i < surplus; i++) {
      Pair oldest = tombstones.get(i);
      pairs.remove(oldest.key());
      prunedSeq = oldest.seq();
    }
  }

  /** The envelope to store: format, key id, bytes. */
  byte[] encode() {
    ObjectNode json =
        Json.object()
            .put("latest", latestSeq)
            .put("clear", clearSeq)
            .put("pruned", prunedSeq)
            .put("window", windowStart)
            .put("sets", windowSets);
    ArrayNode array = json.putArray("pairs");
    for (Pair pair : pairs.values()) {
      ArrayNode entry = array.addArray().add(pair.key()).add(pair.seq());
      if (!pair.deleted()) {
        entry.add(pair.value());
      }
    }
    byte[] bytes = Json.bytes(json);
    return ByteBuffer.allocate(HEADER + bytes.length)
        .put(FORMAT_JSON)
        .put(NOT_ENCRYPTED)
        .put(bytes)
        .array();
  }

  /**
   * What {@link #encode} was given.
   *
   * @throws IllegalStateException when this version does not know the format or the key
   */
  static ExtensionPairs decode(byte[] envelope) {
    if (envelope[0] != FORMAT_JSON || envelope[1] != NOT_ENCRYPTED) {
      throw new IllegalStateException("message extensions of an unknown format or key");
    }
    ObjectNode json =
        Json.parseObject(envelope, HEADER, envelope.length - HEADER)
            .orElseThrow(() -> new IllegalStateException("message extensions are damaged"));
    ExtensionPairs decoded = new ExtensionPairs();
    decoded.latestSeq = json.path("latest").longValue();
    decoded.clearSeq = json.path("clear").longValue();
    decoded.prunedSeq = json.path("pruned").longValue();
    decoded.windowStart = json.path("window").longValue();
    decoded.windowSets = json.path("sets").intValue();
    for (JsonNode entry : json.path("pairs")) {
      String key = entry.path(0).textValue();
      boolean deleted = entry.size() == 2;
      decoded.pairs.put(
          key,
          new Pair(
              key, deleted ? "" : entry.path(2).textValue(), entry.path(1).longValue(), deleted));
    }
    return decoded;
  }
}
