package im.palisade.compliance.event;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * An event in canonical form that only lacks its node's counter, which is spliced in when the log
 * orders it: {@code node} is {@code {"id":...,"n":...}}, so the counter is the one thing that
 * moves.
 *
 * @param id the event's ULID; the log takes an id once
 * @param counter the counter that the sending node gave, or empty when the log gives it
 * @param sideRecords encrypted side records, written durably before the entry
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content or not at all
public record DraftEntry(
    String id,
    String node,
    byte[] head,
    byte[] tail,
    OptionalLong counter,
    List<byte[]> sideRecords) {

  /**
   * Checks an event and takes it apart. Without {@code node.n} the log counts. The event must not
   * be in use elsewhere meanwhile.
   *
   * @throws EventRefusedException when it does not follow the schema or is too long
   */
  public static DraftEntry of(ObjectNode event, List<byte[]> sideRecords) {
    JsonNode node = event.path("node");
    boolean counted = node.has("n");
    if (counted || !(node instanceof ObjectNode counter)) {
      return of(event, counted, sideRecords);
    }
    counter.put("n", 1);
    try {
      return of(event, false, sideRecords);
    } finally {
      counter.remove("n");
    }
  }

  private static DraftEntry of(ObjectNode whole, boolean counted, List<byte[]> sideRecords) {
    EventSchema.check(whole);
    String text;
    try {
      text = CanonicalJson.text(whole);
    } catch (IllegalArgumentException e) {
      throw new EventRefusedException("event", String.valueOf(e.getMessage()));
    }
    String id = whole.get("id").textValue();
    String nodeText = CanonicalJson.text(whole.get("node"));
    // The last place that reads as the node object is the top-level one: what sorts after it
    // (outcome to v) is of fixed form or cannot hold an unescaped quotation mark.
    int at = text.lastIndexOf("\"node\":" + nodeText) + "\"node\":".length() + nodeText.length();
    long n = whole.get("node").get("n").longValue();
    int digits = Long.toString(n).length();
    byte[] head = text.substring(0, at - 1 - digits).getBytes(StandardCharsets.UTF_8);
    byte[] tail = text.substring(at - 1).getBytes(StandardCharsets.UTF_8);
    if (head.length + tail.length + 16 > EventSchema.MAX_ENTRY) {
      throw new EventRefusedException(
          "event", "is longer than " + EventSchema.MAX_ENTRY + " bytes");
    }
    return new DraftEntry(
        id,
        whole.get("node").get("id").textValue(),
        head,
        tail,
        counted ? OptionalLong.of(n) : OptionalLong.empty(),
        List.copyOf(sideRecords));
  }

  /** The same with these side records. */
  public DraftEntry withSideRecords(List<byte[]> records) {
    return new DraftEntry(id, node, head, tail, counter, List.copyOf(records));
  }

  /** The entry with that counter. */
  public byte[] entry(long n) {
    byte[] digits = Long.toString(n).getBytes(StandardCharsets.US_ASCII);
    byte[] entry = new byte[head.length + digits.length + tail.length];
    System.arraycopy(head, 0, entry, 0, head.length);
    System.arraycopy(digits, 0, entry, head.length, digits.length);
    System.arraycopy(tail, 0, entry, head.length + digits.length, tail.length);
    return entry;
  }
}
