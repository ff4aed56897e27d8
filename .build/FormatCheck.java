import com.google.googlejavaformat.java.Main;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs google-java-format over a source folder: {@code check} fails on a difference, {@code fix} writes it. */
public final class FormatCheck {
  public static void main(String[] args) throws Exception {
    String mode = args[0];
    Path sources = Path.of(args[1]);
    if (!Files.isDirectory(sources)) {
      return;
    }
    List<String> files = new ArrayList<>();
    try (var walk = Files.walk(sources)) {
      walk.filter(f -> f.toString().endsWith(".java")).map(Path::toString).sorted().forEach(files::add);
    }
    if (files.isEmpty()) {
      return;
    }
    List<String> command = new ArrayList<>();
    if (mode.equals("fix")) {
      command.add("--replace");
    } else {
      command.addAll(List.of("--dry-run", "--set-exit-if-changed"));
    }
    command.addAll(files);
    var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    int exit = new Main(out, out, System.in).format(command.toArray(new String[0]));
    if (exit != 0) {
      System.out.println("not formatted: run ./palisade format");
      System.exit(1);
    }
  }

  private FormatCheck() {}
}
