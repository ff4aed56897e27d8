package im.palisade.compliance.file;

import java.io.IOException;

/**
 * The few things that the log does to files, by paths relative to its folder. Whatever is not
 * synced may be lost or torn by a crash; tests put an implementation here that does so.
 */
public interface LogFiles extends ReadableFiles {
  /** Writes a whole file, durable only after {@link #sync}. Missing folders are made. */
  void write(String path, byte[] content) throws IOException;

  /** Makes a file and the names that lead to it durable. */
  void sync(String path) throws IOException;

  /** Replaces a file durably and at once: readers see the old content or the new. */
  void replace(String path, byte[] content) throws IOException;

  /** Overwrites bytes within a file and makes them durable. */
  void overwrite(String path, long at, byte[] content) throws IOException;

  /** Removes a file if it is there. */
  void delete(String path) throws IOException;

  /** Opens a file to append to, made when missing; its name is durable on return. */
  Appender append(String path) throws IOException;

  /** A file that grows at its end. */
  interface Appender extends AutoCloseable {
    long size() throws IOException;

    void write(byte[] bytes) throws IOException;

    /** Makes what was written durable. */
    void sync() throws IOException;

    /** Cuts off what stands behind that length. */
    void truncate(long length) throws IOException;

    @Override
    void close() throws IOException;
  }
}
