package im.palisade.compliance.side;

import im.palisade.compliance.file.LogFiles;
import im.palisade.compliance.merkle.MerkleHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys of persons, one per person and year, wrapped by the region key. Destroying them makes
 * every side record of that person unreadable, copies of the side records too. Thread-safe. Slots
 * are described in docs/audit-log-format.md.
 */
public final class SubjectKeys implements AutoCloseable {
  private static final String AES_GCM = "AES/GCM/NoPadding";
  private static final Provider PROVIDER = provider();

  static final int ID = 16;
  private static final String FILE = "subjects";
  private static final int SLOT = 96;
  private static final int FIRST_YEAR = 2020;
  private static final int OPENED = 4096;
  private static final SecureRandom RANDOM = new SecureRandom();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Slot(long at, byte[] wrapped) {}

  private final LogFiles files;
  private final SecretKey regionKey;
  private final LogFiles.Appender appender;
  private final Map<String, Slot> slots = new TreeMap<>();

  /** Keys in use, so that each need not be unwrapped for every record. */
  private final Map<String, SecretKey> opened =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, SecretKey> eldest) {
          return size() > OPENED;
        }
      };

  private long length;

  /**
   * Opens the file of keys, made when missing.
   *
   * @param regionKey 32 bytes
   */
  public SubjectKeys(LogFiles files, byte[] regionKey) throws IOException {
    if (regionKey.length != 32) {
      throw new IllegalArgumentException("a region key has 32 bytes");
    }
    this.files = files;
    this.regionKey = new SecretKeySpec(regionKey, "AES");
    byte[] file = files.read(FILE).orElse(new byte[0]);
    length = file.length - (long) (file.length % SLOT);
    for (int at = 0; at < length; at += SLOT) {
      byte[] slot = Arrays.copyOfRange(file, at, at + SLOT);
      if (ByteBuffer.wrap(slot).getInt(SLOT - 4) == crc(slot)) {
        slots.put(HexFormat.of().formatHex(slot, 0, ID), new Slot(at, slot));
      }
    }
    appender = files.append(FILE);
    if (appender.size() > length) {
      appender.truncate(length);
    }
  }

  /** Where slots of such a file are neither whole nor empty. */
  public static List<Long> damage(byte[] file) {
    List<Long> damaged = new ArrayList<>();
    for (int at = 0; at + SLOT <= file.length; at += SLOT) {
      byte[] slot = Arrays.copyOfRange(file, at, at + SLOT);
      if (ByteBuffer.wrap(slot).getInt(SLOT - 4) != crc(slot)
          && !Arrays.equals(slot, new byte[SLOT])) {
        damaged.add((long) at);
      }
    }
    return damaged;
  }

  /** The id of a person's key of a year. */
  public static byte[] id(String subject, int year) {
    byte[] name = ("subject\n" + subject + "\n" + year).getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(MerkleHash.sha256(name), ID);
  }

  /** Whose key, of which year. */
  record Name(String subject, int year) {}

  /** The person's key of that year, made when there is none; durable on return. */
  synchronized SecretKey obtain(String subject, int year) throws IOException {
    make(Set.of(new Name(subject, year)));
    return find(id(subject, year)).orElseThrow();
  }

  /** Makes the keys that are missing; durable on return, by one sync for all of them. */
  synchronized void make(Set<Name> names) throws IOException {
    Map<String, Slot> made = new LinkedHashMap<>();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    for (Name name : names) {
      byte[] id = id(name.subject(), name.year());
      String hex = HexFormat.of().formatHex(id);
      if (!slots.containsKey(hex) && !made.containsKey(hex)) {
        byte[] slot = freshSlot(id);
        made.put(hex, new Slot(length + written.size(), slot));
        written.writeBytes(slot);
      }
    }
    if (made.isEmpty()) {
      return;
    }
    try {
      appender.write(written.toByteArray());
      appender.sync();
    } catch (IOException e) {
      appender.truncate(length);
      throw e;
    }
    slots.putAll(made);
    length += written.size();
  }

  private byte[] freshSlot(byte[] id) {
    byte[] key = new byte[32];
    byte[] nonce = new byte[12];
    RANDOM.nextBytes(key);
    RANDOM.nextBytes(nonce);
    byte[] slot = new byte[SLOT];
    ByteBuffer out = ByteBuffer.wrap(slot);
    out.put(id).put(nonce).put(crypt(Cipher.ENCRYPT_MODE, regionKey, nonce, id, key));
    out.putInt(SLOT - 4, crc(slot));
    return slot;
  }

  /** A key by its id; empty when it was destroyed or never was. */
  synchronized Optional<SecretKey> find(byte[] id) {
    String hex = HexFormat.of().formatHex(id);
    Slot slot = slots.get(hex);
    if (slot == null) {
      return Optional.empty();
    }
    return Optional.of(
        opened.computeIfAbsent(
            hex,
            _ -> {
              byte[] nonce = Arrays.copyOfRange(slot.wrapped(), ID, ID + 12);
              byte[] sealed = Arrays.copyOfRange(slot.wrapped(), ID + 12, ID + 12 + 48);
              return new SecretKeySpec(
                  crypt(Cipher.DECRYPT_MODE, regionKey, nonce, id, sealed), "AES");
            }));
  }

  /**
   * Destroys all keys of a person up to and with that year, durably on return.
   *
   * @return how many there were
   */
  public synchronized int destroy(String subject, int upToYear) throws IOException {
    int destroyed = 0;
    for (int year = FIRST_YEAR; year <= upToYear; year++) {
      String id = HexFormat.of().formatHex(id(subject, year));
      Slot slot = slots.get(id);
      if (slot != null) {
        files.overwrite(FILE, slot.at(), new byte[SLOT]);
        slots.remove(id);
        opened.remove(id);
        destroyed++;
      }
    }
    return destroyed;
  }

  @Override
  public synchronized void close() throws IOException {
    appender.close();
  }

  /** Asking all providers anew costs more than to encrypt a short text. */
  private static Provider provider() {
    try {
      return Cipher.getInstance(AES_GCM).getProvider();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM is part of every JDK", e);
    }
  }

  static byte[] crypt(int mode, SecretKey key, byte[] nonce, byte[] bound, byte[] input) {
    try {
      Cipher cipher = Cipher.getInstance(AES_GCM, PROVIDER);
      cipher.init(mode, key, new GCMParameterSpec(128, nonce));
      cipher.updateAAD(bound);
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a side record or key was changed, or the key is wrong", e);
    }
  }

  private static int crc(byte[] slot) {
    CRC32C crc = new CRC32C();
    crc.update(slot, 0, SLOT - 4);
    return (int) crc.getValue();
  }
}
