package im.palisade.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A second JVM like this one: same Java, same class path, same options, another main class. */
final class JavaChild {
  private static final List<String> NOT_PASSED_ON =
      List.of("-agentlib", "-javaagent", "-Xlog", "-Xrunjdwp", "-XX:AOTCacheOutput");

  private JavaChild() {}

  /** The command up to and including the main class. */
  static List<String> command(List<String> moreOptions, String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(
        ProcessHandle.current()
            .info()
            .command()
            .orElse(System.getProperty("java.home") + "/bin/java"));
    command.addAll(options());
    command.addAll(moreOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    return command;
  }

  /** The options of this JVM that a child gets too, and our own properties however they came. */
  static List<String> options() {
    Set<String> options = new LinkedHashSet<>();
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> NOT_PASSED_ON.stream().noneMatch(option::startsWith))
        .forEach(options::add);
    System.getProperties().stringPropertyNames().stream()
        .filter(name -> name.startsWith("palisade."))
        .sorted()
        .forEach(name -> options.add("-D" + name + "=" + System.getProperty(name)));
    return List.copyOf(options);
  }

  /** Ends a child, first politely; returns when it is gone. */
  static void end(Process child) {
    child.destroy();
    try {
      if (!child.waitFor(60, TimeUnit.SECONDS)) {
        child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      child.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  static Process start(ProcessBuilder builder) {
    try {
      Process child = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(child::destroy));
      return child;
    } catch (IOException e) {
      throw new BenchException("cannot start a second JVM: " + e.getMessage(), e);
    }
  }
}
