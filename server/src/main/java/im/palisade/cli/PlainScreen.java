package im.palisade.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.Optional;

/** Standard input and output as they are, for pipes and scripts. */
final class PlainScreen implements Screen {
  private final BufferedReader in;
  private final PrintStream out;

  PlainScreen(BufferedReader in, PrintStream out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public Optional<String> read(String prompt) {
    try {
      return Optional.ofNullable(in.readLine());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public void show(String line) {
    out.println(line);
    out.flush();
  }

  @Override
  public boolean echoes() {
    return false;
  }

  @Override
  public void close() {
    out.flush();
  }
}
