package im.palisade.server.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;

import im.palisade.server.PalisadeServer;
import im.palisade.server.security.Certificates;
import im.palisade.server.security.VerificationKey;
import im.palisade.server.testing.TestApp;
import im.palisade.server.testing.TestDatabase;
import im.palisade.server.testing.TestServer;
import im.palisade.server.testing.Uploads;
import io.github.doocs.im.ClientConfiguration;
import io.github.doocs.im.ImClient;
import io.github.doocs.im.core.Account;
import io.github.doocs.im.core.Group;
import io.github.doocs.im.core.Member;
import io.github.doocs.im.core.Message;
import io.github.doocs.im.core.Operation;
import io.github.doocs.im.core.Profile;
import io.github.doocs.im.core.RecentContact;
import io.github.doocs.im.core.Sns;
import io.github.doocs.im.model.request.AccountCheckItem;
import io.github.doocs.im.model.request.AccountCheckRequest;
import io.github.doocs.im.model.response.GenericResult;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A back end that runs today, unchanged but for the host: every method of a third-party SDK. */
class ThirdPartySdkTest {
  /** Not served yet: to be taken out here when the endpoint is there. */
  private static final Set<String> NOT_SERVED_YET = Set.of();

  private static final List<Class<?>> FAMILIES =
      List.of(
          Account.class,
          Profile.class,
          Sns.class,
          Message.class,
          RecentContact.class,
          Operation.class,
          Member.class,
          Group.class);

  private static final ClientConfiguration ONE_TRY = configuration();

  private static HttpClient http;
  private static PalisadeServer server;

  @BeforeAll
  static void startWithTls(@TempDir Path files) throws Exception {
    Certificates.Identity identity = Certificates.ec();
    Path certificate = files.resolve("server.pem");
    Path key = files.resolve("server.key");
    identity.write(certificate, key);
    SdkTrust.onlyIn(identity.certificate());
    http = HttpClient.newBuilder().sslContext(Certificates.trusting(identity)).build();
    server =
        TestServer.start(
            TestDatabase.newDirectory().resolve("data"),
            Map.of("tls.certificate", certificate.toString(), "tls.key", key.toString()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static Stream<SdkMethod<?>> methods() {
    return Stream.of(
            AccountMethods.ALL,
            RelationMethods.ALL,
            MessageMethods.ALL,
            ContactMethods.ALL,
            OperationMethods.ALL,
            PushMethods.ALL,
            GroupMethods.ALL,
            GroupMessageMethods.ALL)
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethodWorks(SdkMethod<?> method) throws IOException {
    GenericResult result =
        method.run(new SdkUse(client(administratorKey()), ThirdPartySdkTest::upload));
    if (NOT_SERVED_YET.contains(method.path())) {
      assertEquals(60009, result.getErrorCode(), result.getErrorInfo());
      assertEquals("FAIL", result.getActionStatus());
    } else {
      assertEquals(0, result.getErrorCode(), result.getErrorInfo());
      assertEquals("OK", result.getActionStatus());
    }
  }

  @Test
  void noMethodIsForgottenAndNoServedOneExcused() {
    Set<String> all =
        FAMILIES.stream()
            .flatMap(family -> Arrays.stream(family.getDeclaredMethods()))
            .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getParameterCount() == 1)
            .map(ThirdPartySdkTest::name)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(
        all, methods().map(SdkMethod::name).collect(Collectors.toCollection(TreeSet::new)));
    assertEquals(
        methods()
            .map(SdkMethod::path)
            .filter(path -> server.endpoints().find(path).isEmpty())
            .collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(NOT_SERVED_YET));
  }

  @Test
  void aCallerMayChooseTheRandomOfACall() throws IOException {
    AccountCheckRequest request = new AccountCheckRequest(List.of(new AccountCheckItem("mia")));
    ImClient client = client(administratorKey());
    for (long random : new long[] {0, 7, 4_294_967_295L}) {
      assertEquals(0, client.account.accountCheck(request, random).getErrorCode());
    }
  }

  @Test
  void aWrongKeyIsAnAnswerAndNoException() throws IOException {
    assertEquals(70009, check(client("not the key")).getErrorCode());
  }

  @Test
  void whatIsTooLargeIsAnAnswerAndNoException() throws IOException {
    ImClient client = client(administratorKey());
    AccountCheckItem large = new AccountCheckItem("x".repeat(2 << 20));
    assertEquals(
        60002, client.account.accountCheck(new AccountCheckRequest(List.of(large))).getErrorCode());
  }

  private static ClientConfiguration configuration() {
    ClientConfiguration configuration = new ClientConfiguration();
    configuration.setMaxRetries(0);
    configuration.setCallTimeout(10_000);
    return configuration;
  }

  private static GenericResult check(ImClient client) throws IOException {
    return client.account.accountCheck(
        new AccountCheckRequest(List.of(new AccountCheckItem("mia"))));
  }

  /** A media file as a user of the SDK's app has sent it; its URL. */
  private static String upload(String userId) {
    TestApp app = TestApp.of(server, server.facts().app().appId(), server.facts().administrator());
    String imUrl = server.facts().imUrl().replace("127.0.0.1", "localhost");
    return Uploads.uploadedBy(http, imUrl, app, userId);
  }

  private static String administratorKey() {
    VerificationKey key = server.facts().app().keys().getFirst().key();
    return ((VerificationKey.Hmac) key).secret();
  }

  private static ImClient client(String key) {
    PalisadeServer.Facts facts = server.facts();
    String domain = "localhost:" + URI.create(facts.restUrl()).getPort();
    return new ImClient(facts.app().appId(), facts.administrator(), key, domain, ONE_TRY);
  }

  private static String name(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }
}
