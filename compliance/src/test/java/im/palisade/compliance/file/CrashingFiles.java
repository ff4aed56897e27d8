package im.palisade.compliance.file;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Files in memory that forget what was not synced when power fails, in every way a disk may: all of
 * it, nothing, a part. Power fails at a chosen step; a full disk lets writes fail from a step on.
 */
public final class CrashingFiles implements LogFiles {
  /** Power has failed. */
  public static final class PowerFailure extends RuntimeException {}

  private final Map<String, byte[]> cached = new TreeMap<>();
  private final Map<String, byte[]> durable = new TreeMap<>();
  private final Random random;
  private long steps;
  private long failAt = Long.MAX_VALUE;
  private boolean full;

  public CrashingFiles(Random random) {
    this.random = random;
  }

  /** Lets power fail at that step. */
  public synchronized void failAt(long step) {
    failAt = step;
  }

  /** From now on the disk is full, or has room again. */
  public synchronized void full(boolean now) {
    full = now;
  }

  public synchronized long steps() {
    return steps;
  }

  /** What a machine finds after power is back. */
  public synchronized CrashingFiles afterPowerIsBack() {
    CrashingFiles after = new CrashingFiles(random);
    TreeSet<String> names = new TreeSet<>(cached.keySet());
    names.addAll(durable.keySet());
    for (String name : names) {
      byte[] safe = durable.get(name);
      byte[] maybe = cached.get(name);
      boolean late = random.nextBoolean();
      byte[] kept = late ? maybe : safe;
      if (late && maybe != null && !Arrays.equals(safe, maybe)) {
        int sure = safe == null || safe.length > maybe.length ? 0 : safe.length;
        kept = Arrays.copyOf(maybe, sure + random.nextInt(maybe.length - sure + 1));
        if (kept.length > sure && random.nextInt(4) == 0) {
          kept[sure + random.nextInt(kept.length - sure)] ^= 0x55;
        }
      }
      if (kept != null) {
        after.cached.put(name, kept);
        after.durable.put(name, kept);
      }
    }
    return after;
  }

  /** Changes a byte as an intruder would. */
  public synchronized void flip(String path, int at) {
    byte[] changed = cached.get(path).clone();
    changed[at] ^= 1;
    cached.put(path, changed);
    durable.put(path, changed);
  }

  public synchronized long failsAt() {
    return failAt;
  }

  /** What is there now. */
  public synchronized Map<String, byte[]> content() {
    return new TreeMap<>(cached);
  }

  /** All names that there are. */
  public synchronized List<String> names() {
    return List.copyOf(cached.keySet());
  }

  private void step() {
    if (++steps >= failAt) {
      throw new PowerFailure();
    }
  }

  private void needRoom() throws IOException {
    if (full) {
      throw new IOException("No space left on device");
    }
  }

  @Override
  public synchronized Optional<byte[]> read(String path) {
    return Optional.ofNullable(cached.get(path));
  }

  @Override
  public synchronized List<String> list(String folder) {
    String prefix = folder.isEmpty() ? "" : folder + "/";
    TreeSet<String> names = new TreeSet<>();
    for (String name : cached.keySet()) {
      if (name.startsWith(prefix)) {
        names.add(name.substring(prefix.length()).split("/", 2)[0]);
      }
    }
    return List.copyOf(names);
  }

  @Override
  public synchronized void write(String path, byte[] content) throws IOException {
    step();
    needRoom();
    cached.put(path, content.clone());
    step();
  }

  @Override
  public synchronized void sync(String path) throws IOException {
    step();
    if (!cached.containsKey(path)) {
      throw new IOException("no such file: " + path);
    }
    durable.put(path, cached.get(path));
    step();
  }

  @Override
  public synchronized void replace(String path, byte[] content) throws IOException {
    step();
    needRoom();
    cached.put(path, content.clone());
    durable.put(path, content.clone());
    step();
  }

  @Override
  public synchronized void overwrite(String path, long at, byte[] content) {
    step();
    byte[] changed = cached.get(path).clone();
    System.arraycopy(content, 0, changed, (int) at, content.length);
    cached.put(path, changed);
    durable.put(path, changed);
    step();
  }

  @Override
  public synchronized void delete(String path) {
    step();
    cached.remove(path);
    if (random.nextBoolean()) {
      durable.remove(path);
    }
    step();
  }

  @Override
  public synchronized Appender append(String path) {
    step();
    cached.putIfAbsent(path, new byte[0]);
    durable.put(path, cached.get(path));
    return new Appender() {
      @Override
      public long size() {
        synchronized (CrashingFiles.this) {
          return cached.get(path).length;
        }
      }

      @Override
      public void write(byte[] bytes) throws IOException {
        synchronized (CrashingFiles.this) {
          byte[] old = cached.get(path);
          boolean torn = full || steps + 1 >= failAt;
          int count = torn ? random.nextInt(bytes.length + 1) : bytes.length;
          byte[] grown = Arrays.copyOf(old, old.length + count);
          System.arraycopy(bytes, 0, grown, old.length, count);
          cached.put(path, grown);
          step();
          needRoom();
        }
      }

      @Override
      public void sync() {
        synchronized (CrashingFiles.this) {
          step();
          durable.put(path, cached.get(path));
          step();
        }
      }

      @Override
      public void truncate(long length) {
        synchronized (CrashingFiles.this) {
          step();
          cached.put(path, Arrays.copyOf(cached.get(path), (int) length));
          durable.put(path, cached.get(path));
        }
      }

      @Override
      public void close() {}
    };
  }
}
