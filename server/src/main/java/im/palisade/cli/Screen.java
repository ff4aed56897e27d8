package im.palisade.cli;

import java.util.Optional;

/** Where a chat is typed and shown. Lines may be shown from any thread while one is being read. */
interface Screen extends AutoCloseable {
  /**
   * The next line typed; empty when there will be none.
   *
   * @param prompt shown before it where someone is looking
   */
  Optional<String> read(String prompt);

  /** Shows a line that is already harmless. */
  void show(String line);

  /** Whether what was typed stays visible, so that it need not be repeated. */
  boolean echoes();

  @Override
  void close();
}
