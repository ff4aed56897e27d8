package im.palisade.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.Callable;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code palisade ready}: asks the server of this machine whether it can serve. */
@Command(
    name = "ready",
    mixinStandardHelpOptions = true,
    description = "Ask the server of this machine whether it can serve. Exit code 1: it cannot.")
public final class ReadyCommand implements Callable<Integer> {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;
  @Mixin private DataOption data = new DataOption();

  @Option(names = "--json", description = "print the server's own answer")
  private boolean json;

  @Option(names = "--metrics", description = "print its metrics instead")
  private boolean metrics;

  private record Reply(int status, String body) {}

  @Override
  public Integer call() throws Exception {
    return CliException.orExplain(spec, this::ask);
  }

  private int ask() throws IOException, GeneralSecurityException {
    URI base = ConnectionFile.read(data.resolve()).restUrl();
    PrintWriter out = spec.commandLine().getOut();
    Reply reply = get(base.resolve(metrics ? "/metrics" : "/healthz/ready"));
    if (json || metrics) {
      out.println(reply.body());
    } else {
      JsonNode answer = new ObjectMapper().readTree(reply.body());
      out.println("ready     " + (reply.status() == 200 ? "yes" : "no"));
      for (JsonNode check : answer.path("checks")) {
        if (!check.path("ok").asBoolean()) {
          out.println("  " + check.path("name").asText() + ": " + check.path("reason").asText());
        }
      }
    }
    out.flush();
    return reply.status() == 200 ? 0 : 1;
  }

  private static Reply get(URI url) throws IOException, GeneralSecurityException {
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setConnectTimeout((int) TIMEOUT.toMillis());
    connection.setReadTimeout((int) TIMEOUT.toMillis());
    if (connection instanceof HttpsURLConnection tls) {
      trustThisMachine(tls, url.getHost());
    }
    try {
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        return new Reply(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new CliException("no answer at " + url + ": " + e.getMessage(), e);
    } finally {
      connection.disconnect();
    }
  }

  /**
   * The certificate names the server as users know it, not this machine's loopback; nothing secret
   * is sent, and nobody stands between a machine and itself.
   */
  private static void trustThisMachine(HttpsURLConnection connection, String host)
      throws IOException, GeneralSecurityException {
    if (!InetAddress.getByName(host).isLoopbackAddress()) {
      return;
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
    connection.setSSLSocketFactory(context.getSocketFactory());
    connection.setHostnameVerifier((name, session) -> true);
  }

  private static final class Anyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
