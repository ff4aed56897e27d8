package im.palisade.server.callback;

import im.palisade.server.callback.Failure.Reason;
import im.palisade.server.rest.RestCall;
import im.palisade.server.security.OutgoingTls;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.pool.PoolReusePolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * One receiver of webhooks and the connections to it. Every call ends within its budget; redirects
 * are answers like others, cookies and proxies are not used.
 */
final class Receiver implements AutoCloseable {
  /** Longest answer that is read (callbacks §1.2). */
  static final int MAX_ANSWER = 64 * 1024;

  /** Without a charset, as receivers that compare the header expect it (callbacks §1.1). */
  private static final ContentType JSON = ContentType.create("application/json");

  private static final int MAX_CONNECTIONS = 128;
  private static final Duration RESOLVING = Duration.ofMillis(1500);

  /** Ends calls whose budget is used up, whatever they wait for. */
  private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

  private static final ThreadPoolExecutor RESOLVERS =
      new ThreadPoolExecutor(
          0,
          16,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("webhook-resolver-", 0).factory());

  private final long appId;
  private final String path;
  private final HttpHost host;
  private final Optional<String> token;
  private final TargetPolicy policy;
  private final Clock clock;
  private final CloseableHttpClient client;

  /**
   * A receiver; nothing is connected yet.
   *
   * @param url as the settings have it
   * @param token with which requests are signed; empty for unsigned ones
   * @throws IllegalArgumentException when the TLS material is wrong
   */
  Receiver(
      long appId,
      String url,
      Optional<String> token,
      CallbackSecrets secrets,
      CallbackSettings settings,
      Clock clock) {
    this.appId = appId;
    this.token = token;
    this.policy = new TargetPolicy(settings);
    this.clock = clock;
    URI uri = URI.create(url);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
    String name = uri.getHost();
    this.host = new HttpHost(scheme, name, port);
    String rawPath =
        uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    this.path = uri.getRawQuery() == null ? rawPath : rawPath + "?" + uri.getRawQuery();
    this.client = client(secrets, settings);
  }

  /** Posts a webhook; blocks no longer than the budget. */
  Answer post(Callback callback, Duration budget) {
    long seconds = clock.instant().getEpochSecond();
    HttpPost request = new HttpPost(callback.target(path, appId, token, seconds));
    request.setEntity(new ByteArrayEntity(callback.body().getBytes(StandardCharsets.UTF_8), JSON));
    request.setHeader(RestCall.CALLBACK_DEPTH, Integer.toString(callback.origin().depth() + 1));
    request.setConfig(
        RequestConfig.custom()
            .setConnectionRequestTimeout(Timeout.of(budget))
            .setResponseTimeout(Timeout.of(budget))
            .build());
    Future<?> deadline =
        DEADLINES.schedule(request::cancel, budget.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return client.execute(host, request, HttpClientContext.create(), Receiver::read);
    } catch (IOException | RuntimeException e) {
      return new Answer.Failed(
          request.isAborted()
              ? new Failure(Reason.UNREACHABLE, "no answer within " + budget.toMillis() + " ms")
              : failure(e));
    } finally {
      deadline.cancel(false);
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      throw new IllegalStateException("closing connections", e);
    }
  }

  private static Answer read(ClassicHttpResponse response) throws IOException {
    if (response.getCode() != 200) {
      return Answer.failed(Reason.STATUS, "HTTP status " + response.getCode());
    }
    HttpEntity entity = response.getEntity();
    if (entity == null) {
      return Answer.parse(new byte[0]);
    }
    byte[] body;
    try (InputStream in = entity.getContent()) {
      body = in.readNBytes(MAX_ANSWER + 1);
      if (body.length > MAX_ANSWER) {
        // Closing would read the rest first, and there may be no end to it.
        response.close();
        return Answer.failed(Reason.MALFORMED, "answer above " + MAX_ANSWER + " bytes");
      }
    }
    return Answer.parse(body);
  }

  private CloseableHttpClient client(CallbackSecrets secrets, CallbackSettings settings) {
    OutgoingTls.Verification verification =
        settings.verifyCertificates() ? OutgoingTls.Verification.ON : OutgoingTls.Verification.OFF;
    var context = OutgoingTls.context(secrets.authorities(), secrets.identity(), verification);
    var tls =
        settings.verifyCertificates()
            ? new DefaultClientTlsStrategy(context)
            : new DefaultClientTlsStrategy(context, NoopHostnameVerifier.INSTANCE);
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(tls)
                .setDnsResolver(new Resolver())
                .setMaxConnTotal(MAX_CONNECTIONS)
                .setMaxConnPerRoute(MAX_CONNECTIONS)
                .setConnPoolPolicy(PoolReusePolicy.LIFO)
                .setDefaultSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.ofSeconds(2))
                        .setSocketTimeout(Timeout.ofSeconds(2))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(1))
                        .setTimeToLive(TimeValue.ofMinutes(5))
                        .build())
                .build())
        .setRetryStrategy(new StaleConnection())
        .disableRedirectHandling()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableContentCompression()
        .setUserAgent("Palisade")
        .build();
  }

  private static Failure failure(Exception fault) {
    if (fault instanceof DeniedException) {
      return new Failure(Reason.DENIED, fault.getMessage());
    }
    if (fault instanceof SSLException) {
      String text = String.valueOf(fault.getMessage());
      // What the peer says of our certificate comes as an alert; what we say of its, as our own.
      return text.contains("fatal alert")
              && (text.contains("certificate")
                  || text.contains("unknown_ca")
                  || text.contains("handshake_failure"))
          ? new Failure(Reason.CLIENT_CERTIFICATE, text)
          : new Failure(Reason.CERTIFICATE, text);
    }
    return switch (fault) {
      case UnknownHostException _ -> new Failure(Reason.UNREACHABLE, "the name has no address");
      case SocketTimeoutException _ -> new Failure(Reason.UNREACHABLE, "timed out");
      case NoRouteToHostException _ -> new Failure(Reason.UNREACHABLE, "no route to the host");
      case ConnectException refused when isRefused(refused) ->
          new Failure(Reason.REFUSED, "connection refused");
      case ConnectException _ -> new Failure(Reason.UNREACHABLE, "cannot connect");
      default -> new Failure(Reason.RESET, fault.getClass().getSimpleName());
    };
  }

  private static boolean isRefused(ConnectException fault) {
    return String.valueOf(fault.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
  }

  private static ScheduledThreadPoolExecutor deadlines() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("webhook-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  /** A name whose every address is in a network that may not be called. */
  private static final class DeniedException extends UnknownHostException {
    DeniedException(String host) {
      super(host + " is in a network webhooks may not call");
    }
  }

  /** Gives the connection exactly the addresses that were judged. */
  private final class Resolver implements DnsResolver {
    @Override
    public InetAddress[] resolve(String name) throws UnknownHostException {
      String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
      InetAddress[] found = addresses(bare);
      InetAddress[] permitted =
          Arrays.stream(found).filter(policy::allows).toArray(InetAddress[]::new);
      if (permitted.length == 0) {
        throw new DeniedException(bare);
      }
      return permitted;
    }

    @Override
    public String resolveCanonicalHostname(String name) {
      return name;
    }

    /** On few threads of their own: a resolver that hangs can be neither interrupted nor moved. */
    private InetAddress[] addresses(String name) throws UnknownHostException {
      try {
        return RESOLVERS
            .submit(() -> InetAddress.getAllByName(name))
            .get(RESOLVING.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
        throw new UnknownHostException(name);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new UnknownHostException(name);
      }
    }
  }

  /**
   * A kept connection may have been closed by the receiver just now; that says nothing of the
   * receiver, so the request goes out once more on a new one.
   */
  private static final class StaleConnection implements HttpRequestRetryStrategy {
    @Override
    public boolean retryRequest(
        HttpRequest request, IOException fault, int attempt, HttpContext context) {
      var endpoint = HttpClientContext.cast(context).getEndpointDetails();
      boolean reused = endpoint != null && endpoint.getRequestCount() > 1;
      return attempt == 1
          && reused
          && !(fault instanceof SocketTimeoutException)
          && (fault instanceof NoHttpResponseException || fault instanceof SocketException);
    }

    @Override
    public boolean retryRequest(HttpResponse response, int attempt, HttpContext context) {
      return false;
    }

    @Override
    public TimeValue getRetryInterval(HttpResponse response, int attempt, HttpContext context) {
      return TimeValue.ZERO_MILLISECONDS;
    }
  }
}
