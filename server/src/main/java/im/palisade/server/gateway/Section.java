package im.palisade.server.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The members of one audience whose connections live on one event loop, and what is being said to
 * them. Frames are said in rounds: a round takes what has been said until it begins, joins it into
 * one buffer and writes that to each member, a slice of the members at a time. What comes meanwhile
 * waits for the next round, so that a busy room needs fewer writes, not more. On the event loop,
 * but for {@code expected}.
 */
final class Section {
  private static final Logger LOG = LoggerFactory.getLogger(Section.class);

  /** Frames of a round, and their bytes: what a channel takes at once. */
  private static final int MOST_FRAMES = 64;

  private static final int MOST_BYTES = 48 << 10;
  private static final int FIRST_CAPACITY = 2;

  private record Said(EncodedFrame frame, Audiences.Whom whom) {}

  private final Audiences audiences;
  private final AudienceId id;
  private final Shard shard;

  /** Members here or on their way. Written under the lock of the audience's entry. */
  private volatile int expected;

  // The members, in no order; the three arrays go together. During a round those before the cursor
  // have had it.
  private Connection[] members = new Connection[FIRST_CAPACITY];

  /** At which place in its own list a member keeps this section. */
  private int[] places = new int[FIRST_CAPACITY];

  /** The number of the last frame said when the member came. */
  private int[] since = new int[FIRST_CAPACITY];

  private int size;

  /** Number of the last frame said; wraps, and only differences count. */
  private int said;

  /** What was said and is in no round yet; null when there is none. */
  private ArrayDeque<Said> waiting;

  private List<Said> round = List.of();
  private int firstOfRound;
  private int cursor;

  /** The frames of the round one after the other; null until a member takes all of them. */
  private ByteBuf joined;

  /** Whether the event loop will come back for more. */
  private boolean speaking;

  Section(Audiences audiences, AudienceId id, Shard shard) {
    this.audiences = audiences;
    this.id = id;
    this.shard = shard;
  }

  Audiences audiences() {
    return audiences;
  }

  AudienceId id() {
    return id;
  }

  Shard shard() {
    return shard;
  }

  int expected() {
    return expected;
  }

  @SuppressWarnings(
      "NonAtomicOperationOnVolatileField") // one writer at a time, by the entry's lock
  void expect(int change) {
    int now = expected;
    expected = now + change;
  }

  /** Adds a member and returns its index; {@code place} is where it keeps this section. */
  int add(Connection member, int place) {
    if (size == members.length) {
      int capacity = size + (size >> 1) + 1;
      members = Arrays.copyOf(members, capacity);
      places = Arrays.copyOf(places, capacity);
      since = Arrays.copyOf(since, capacity);
    }
    members[size] = member;
    places[size] = place;
    since[size] = said;
    return size++;
  }

  /** A member keeps this section at another place now. */
  void placed(int index, int place) {
    places[index] = place;
  }

  /** Gives a member what was said while it belonged here and has not reached it yet. */
  void catchUp(int index) {
    Connection member = members[index];
    int from = since[index];
    if (!round.isEmpty() && index >= cursor) {
      each(member, from, firstOfRound, round);
    }
    if (waiting != null) {
      each(member, from, said - waiting.size() + 1, waiting);
    }
  }

  /** Takes a member out; its place in the arrays goes to another. */
  void remove(int index) {
    if (!round.isEmpty() && index < cursor) {
      cursor--;
      move(cursor, index);
      index = cursor;
    }
    size--;
    move(size, index);
    members[size] = null;
    if (size == 0) {
      waiting = null;
      endRound();
    }
    audiences.release(this);
  }

  private void move(int from, int to) {
    if (from != to) {
      members[to] = members[from];
      places[to] = places[from];
      since[to] = since[from];
      members[to].moved(places[to], to);
    }
  }

  /** Takes everybody out who is in. */
  void disperse() {
    while (size > 0) {
      members[size - 1].leaveAudience(id);
    }
  }

  /** Has a frame sent to the members there are now. */
  void say(EncodedFrame frame, Audiences.Whom whom) {
    if (size == 0) {
      return;
    }
    said++;
    if (waiting == null) {
      waiting = new ArrayDeque<>();
    }
    waiting.add(new Said(frame, whom));
    if (!speaking) {
      speaking = true;
      shard.speak(this);
    }
  }

  /**
   * Goes on with what is to be said.
   *
   * @return how many members were written to; below {@code most} when nothing is left to say
   */
  int speak(int most) {
    int written = 0;
    while (written < most && (!round.isEmpty() || nextRound())) {
      while (cursor < size && written < most) {
        int at = cursor++;
        written++;
        serve(members[at], since[at]);
      }
      if (cursor >= size) {
        endRound();
      }
    }
    speaking = !round.isEmpty() || waiting != null;
    return written;
  }

  /** Whether {@link #speak} is to be called again. */
  boolean isSpeaking() {
    return speaking;
  }

  private boolean nextRound() {
    if (waiting == null) {
      return false;
    }
    firstOfRound = said - waiting.size() + 1;
    List<Said> taken = new ArrayList<>();
    long bytes = 0;
    do {
      Said next = waiting.poll();
      taken.add(next);
      bytes += next.frame().size();
    } while (!waiting.isEmpty()
        && taken.size() < MOST_FRAMES
        && bytes + waiting.peek().frame().size() <= MOST_BYTES);
    if (waiting.isEmpty()) {
      waiting = null;
    }
    round = taken;
    cursor = 0;
    return true;
  }

  private void endRound() {
    round = List.of();
    cursor = 0;
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }

  private void serve(Connection member, int from) {
    try {
      if (firstOfRound - from > 0 && allFor(member)) {
        member.deliverJoined(this);
      } else {
        each(member, from, firstOfRound, round);
      }
    } catch (RuntimeException e) {
      LOG.error("connection {} failed while sending", member, e);
      member.abort();
    }
  }

  private boolean allFor(Connection member) {
    for (int i = 0; i < round.size(); i++) {
      if (!round.get(i).whom().includes(member)) {
        return false;
      }
    }
    return true;
  }

  private static void each(Connection member, int from, int first, Iterable<Said> frames) {
    int number = first;
    for (Said said : frames) {
      if (number - from > 0 && said.whom().includes(member)) {
        member.deliver(said.frame(), false);
      }
      number++;
    }
  }

  /** Frames of the round. */
  int frames() {
    return round.size();
  }

  /** One of them. */
  EncodedFrame frame(int index) {
    return round.get(index).frame();
  }

  /** All of them in one buffer, owned by the caller. */
  ByteBuf joined(ByteBufAllocator allocator) {
    if (joined == null) {
      int size = 0;
      for (Said said : round) {
        size += said.frame().size();
      }
      joined = allocator.directBuffer(size, size);
      round.forEach(said -> joined.writeBytes(said.frame().bytes()));
    }
    return joined.retainedDuplicate();
  }
}
