package im.palisade.server.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.slf4j.LoggerFactory;

/**
 * Fails a whole run in which the server logged an error that no test had announced: an error in the
 * log is something an operator would be called for.
 */
public final class LoggedErrors implements LauncherSessionListener {
  private static final int EXIT_CODE = 97;
  private static final Set<String> EXPECTED = ConcurrentHashMap.newKeySet();
  private static final Queue<String> SEEN = new ConcurrentLinkedQueue<>();

  /** Announces an error whose message contains this text; for tests that provoke one. */
  public static void expect(String text) {
    EXPECTED.add(text);
  }

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Recorder recorder = new Recorder();
    recorder.setContext(context);
    recorder.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(recorder);
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    List<String> unexpected =
        SEEN.stream()
            .filter(message -> EXPECTED.stream().noneMatch(message::contains))
            .distinct()
            .toList();
    if (!unexpected.isEmpty()) {
      System.err.println("The server logged errors that no test had announced:");
      unexpected.forEach(message -> System.err.println("  " + message));
      // A listener's exception would only be logged; the run itself must fail.
      System.exit(EXIT_CODE);
    }
  }

  private static final class Recorder extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
        SEEN.add(event.getLoggerName() + ": " + event.getFormattedMessage());
      }
    }
  }
}
