package im.palisade.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A masked client frame made once; per use only numbers of fixed width are written into it. The
 * mask does not change, which on a loopback between our own processes harms nobody.
 */
final class ClientFrame {
  /** Numbers in a template start here, so that all have ten digits and fit in 32 bits. */
  static final long FIRST_NUMBER = 1_000_000_000L;

  private static final int DIGITS = 10;
  private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};
  private static final int OPCODE_TEXT = 0x81;
  private static final int OPCODE_PONG = 0x8A;
  private static final int OPCODE_CLOSE = 0x88;

  private final byte[] frame;
  private final int header;
  private final int[] slots;

  private ClientFrame(byte[] frame, int header, int[] slots) {
    this.frame = frame;
    this.header = header;
    this.slots = slots;
  }

  /**
   * A text frame.
   *
   * @param json with a run of ten {@code #} wherever {@link #write} puts its number
   */
  static ClientFrame text(String json) {
    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    byte[] hole = Bytes.ascii("#".repeat(DIGITS));
    int[] slots = new int[8];
    int count = 0;
    for (int at = Bytes.indexOf(payload, 0, payload.length, hole);
        at >= 0;
        at = Bytes.indexOf(payload, at + DIGITS, payload.length, hole)) {
      slots[count++] = at;
    }
    return of(OPCODE_TEXT, payload, Arrays.copyOf(slots, count));
  }

  static ClientFrame pong(byte[] payload) {
    return of(OPCODE_PONG, payload, new int[0]);
  }

  /** A normal closure. */
  static ClientFrame close() {
    return of(OPCODE_CLOSE, new byte[] {0x03, (byte) 0xE8}, new int[0]);
  }

  private static ClientFrame of(int opcode, byte[] payload, int[] slots) {
    int header = payload.length < 126 ? 6 : 8;
    byte[] frame = new byte[header + payload.length];
    frame[0] = (byte) opcode;
    if (payload.length < 126) {
      frame[1] = (byte) (0x80 | payload.length);
    } else if (payload.length <= 0xFFFF) {
      frame[1] = (byte) (0x80 | 126);
      frame[2] = (byte) (payload.length >> 8);
      frame[3] = (byte) payload.length;
    } else {
      throw new IllegalArgumentException("frame above 64 KiB");
    }
    System.arraycopy(MASK, 0, frame, header - 4, 4);
    for (int i = 0; i < payload.length; i++) {
      frame[header + i] = (byte) (payload[i] ^ MASK[i & 3]);
    }
    return new ClientFrame(frame, header, slots);
  }

  /** The frame with {@code FIRST_NUMBER + n} in every slot. */
  ByteBuf write(ByteBufAllocator allocator, long n) {
    for (int slot : slots) {
      Bytes.digits(FIRST_NUMBER + n, frame, header + slot, DIGITS);
      for (int i = slot; i < slot + DIGITS; i++) {
        frame[header + i] ^= MASK[i & 3];
      }
    }
    return allocator.directBuffer(frame.length).writeBytes(frame);
  }

  /** The frame as it is. */
  ByteBuf write(ByteBufAllocator allocator) {
    return allocator.directBuffer(frame.length).writeBytes(frame);
  }
}
