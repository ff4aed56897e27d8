package im.palisade.server.rest;

import im.palisade.server.config.SettingException;
import im.palisade.server.security.AddressBlock;
import im.palisade.server.security.ProxyProtocol;
import im.palisade.server.security.TlsMaterial;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener for HTTP, with what of Helidon has to be set, watched and mended for any of ours. */
public final class HttpListener {
  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);
  private static final Duration SHORTEST_PERIOD = Duration.ofMillis(50);

  private final Shape shape;
  private final Optional<TlsMaterial> tls;
  private final ReadWatch readWatch;
  private final Openings openings;
  private volatile boolean stopping;
  private Optional<WebServer> server = Optional.empty();

  /**
   * Where it listens and what it takes.
   *
   * @param name how logs call it
   * @param portKey the setting to be named when the address cannot be had
   * @param requestLine most bytes of a request line
   * @param headers most bytes of all headers
   * @param body most bytes of a body; the connection is closed above it
   * @param idle a connection that says nothing for so long is closed
   * @param balancers who opens connections with the PROXY protocol's header
   */
  public record Shape(
      String name,
      String portKey,
      String host,
      int port,
      int requestLine,
      int headers,
      long body,
      int connections,
      Duration idle,
      List<AddressBlock> balancers) {}

  /** Answers what fails before routing: a bad request line, headers or escapes, a large body. */
  @FunctionalInterface
  public interface EarlyAnswer {
    /**
     * Makes the answer.
     *
     * @param headers to be sent with it
     */
    TransportResponse of(EventType type, ServerResponseHeaders headers);
  }

  /** A listener that is not yet there. */
  public HttpListener(Shape shape, Optional<TlsMaterial> tls) {
    this.shape = shape;
    this.tls = tls;
    this.readWatch = new ReadWatch(shape.idle());
    this.openings =
        new Openings(new ProxyProtocol(shape.name(), shape.balancers()), readWatch, shape.idle());
  }

  /** Whether it speaks TLS itself. */
  public boolean isEncrypted() {
    return tls.isPresent();
  }

  /** Ends requests that never finish; a handler tells it when it reads a body. */
  public ReadWatch readWatch() {
    return readWatch;
  }

  /**
   * Starts listening.
   *
   * @return the port
   * @throws SettingException when the address cannot be had
   */
  public synchronized int start(Consumer<HttpRouting.Builder> routing, EarlyAnswer early) {
    ServerConnectionSelector http =
        Http1ConnectionSelector.builder()
            .config(
                Http1Config.builder()
                    .maxPrologueLength(shape.requestLine())
                    .maxHeadersSize(shape.headers())
                    .validatePrologue(false)
                    .addReceiveListener(readWatch)
                    .build())
            .build();
    var builder =
        WebServer.builder()
            .host(shape.host())
            .port(shape.port())
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .protocolsDiscoverServices(false)
            .addConnectionSelector(tls.isPresent() ? http : openings.before(http))
            // With channels Helidon asks name service for the name of each peer that speaks TLS;
            // where none answers, as in a closed network, the peer waits for ten seconds.
            .useNio(false)
            // Helidon writes head and body of a larger answer apart; Nagle would hold the second
            // back until the client acknowledges the first, which it puts off for 40 ms.
            .connectionOptions(options -> options.tcpNoDelay(true))
            .maxPayloadSize(shape.body())
            .maxTcpConnections(shape.connections())
            .idleConnectionTimeout(shape.idle())
            .idleConnectionPeriod(period(shape.idle()))
            .shutdownGracePeriod(Duration.ofMillis(500))
            .directHandlers(directHandlers(early))
            .routing(
                rules -> {
                  watch(rules);
                  routing.accept(rules);
                });
    tls.ifPresent(material -> builder.tls(material.helidon(openings::open)));
    WebServer started = builder.build().start();
    if (!started.isRunning()) {
      // Helidon logs the cause and returns as if nothing had happened.
      throw new SettingException(
          shape.portKey(), "cannot listen on " + shape.host() + ":" + shape.port());
    }
    server = Optional.of(started);
    readWatch.start();
    openings.start();
    LOG.info(
        "{} listens on {} port {}{}",
        shape.name(),
        shape.host(),
        started.port(),
        tls.isPresent() ? " with TLS" : ", not encrypted");
    return started.port();
  }

  /** From now on connections close with their next answer. */
  public void beLast() {
    stopping = true;
  }

  /** Stops. */
  public synchronized void stop() {
    server.ifPresent(WebServer::stop);
    server = Optional.empty();
    readWatch.stop();
    openings.stop();
  }

  private void watch(HttpRouting.Builder rules) {
    rules.addFilter(
        (chain, request, response) -> {
          boolean last = stopping || request.headers().contains(HeaderValues.CONNECTION_CLOSE);
          if (stopping) {
            response.header(HeaderValues.CONNECTION_CLOSE);
          }
          readWatch.serving();
          chain.proceed();
          readWatch.reading();
          // Helidon sends "Connection: close" but leaves the socket open (its issue 12324).
          if (last && response.isSent()) {
            throw new CloseConnectionException("the last answer of this connection");
          }
        });
  }

  private static DirectHandlers directHandlers(EarlyAnswer early) {
    var handlers = DirectHandlers.builder();
    for (EventType type : EventType.values()) {
      handlers.addHandler(
          type, (request, event, status, headers, message) -> early.of(event, headers));
    }
    return handlers.build();
  }

  private static Duration period(Duration idle) {
    Duration quarter = idle.dividedBy(4);
    return quarter.compareTo(SHORTEST_PERIOD) < 0 ? SHORTEST_PERIOD : quarter;
  }
}
