package im.palisade.compliance.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files in a folder of the machine. */
public final class DiskFiles implements LogFiles {
  private final Path root;

  /** Files under that folder, which is made when missing. */
  public DiskFiles(Path root) throws IOException {
    this.root = Files.createDirectories(root);
  }

  @Override
  public Optional<byte[]> read(String path) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(root.resolve(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> list(String folder) throws IOException {
    try (Stream<Path> names = Files.list(root.resolve(folder))) {
      return names.map(name -> name.getFileName().toString()).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  @Override
  public void write(String path, byte[] content) throws IOException {
    Path file = root.resolve(path);
    try {
      Files.write(file, content);
    } catch (NoSuchFileException e) {
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    }
  }

  @Override
  public void sync(String path) throws IOException {
    Path file = root.resolve(path);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    syncFolders(file.getParent());
  }

  @Override
  public void replace(String path, byte[] content) throws IOException {
    Path file = root.resolve(path);
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.createDirectories(file.getParent());
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      writeAll(channel, content);
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncFolders(file.getParent());
  }

  @Override
  public void overwrite(String path, long at, byte[] content) throws IOException {
    try (FileChannel channel = FileChannel.open(root.resolve(path), StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer, at + buffer.position());
      }
      channel.force(true);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(root.resolve(path));
  }

  @Override
  public Appender append(String path) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.position(channel.size());
    channel.force(true);
    syncFolders(file.getParent());
    return new ChannelAppender(channel);
  }

  private void syncFolders(Path folder) throws IOException {
    for (Path up = folder; up != null && up.startsWith(root); up = up.getParent()) {
      try (FileChannel channel = FileChannel.open(up, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static void writeAll(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private record ChannelAppender(FileChannel channel) implements Appender {
    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      writeAll(channel, bytes);
    }

    @Override
    public void sync() throws IOException {
      channel.force(false);
    }

    @Override
    public void truncate(long length) throws IOException {
      channel.truncate(length);
      channel.position(length);
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
