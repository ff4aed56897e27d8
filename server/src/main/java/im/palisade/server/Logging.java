package im.palisade.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import im.palisade.server.config.LoggingSettings;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Brings every library's log into one stream of the configured form. */
final class Logging {
  private Logging() {}

  static void bridgeJavaUtilLogging() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  static void configure(LoggingSettings settings) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    if (settings.format() == LoggingSettings.Format.JSON) {
      Appender<ILoggingEvent> json = context.getLogger("palisade.appenders").getAppender("json");
      root.detachAppender("text");
      root.addAppender(json);
    }
    context.getLogger("im.palisade").setLevel(Level.valueOf(settings.level().name()));
  }
}
