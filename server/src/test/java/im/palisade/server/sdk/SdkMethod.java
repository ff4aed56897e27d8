package im.palisade.server.sdk;

import io.github.doocs.im.model.response.GenericResult;
import java.io.IOException;

/**
 * One method of the third-party SDK and a call of it that succeeds.
 *
 * @param name class and method, as {@code Account.kick}
 * @param path the endpoint it calls, as {@code service/command}
 * @param call makes the call, in users of its own
 * @param check looks at what a served call answered, beyond its success
 */
record SdkMethod<R extends GenericResult>(String name, String path, Call<R> call, Check<R> check) {

  /** Calls the method. */
  @FunctionalInterface
  interface Call<R> {
    R make(SdkUse sdk) throws IOException;
  }

  /** Asserts. */
  @FunctionalInterface
  interface Check<R> {
    void look(R result) throws IOException;
  }

  /** A method whose success says all. */
  static <R extends GenericResult> SdkMethod<R> of(String name, String path, Call<R> call) {
    return new SdkMethod<>(name, path, call, _ -> {});
  }

  static <R extends GenericResult> SdkMethod<R> of(
      String name, String path, Call<R> call, Check<R> check) {
    return new SdkMethod<>(name, path, call, check);
  }

  /** The answer, looked at when the call succeeded. */
  GenericResult run(SdkUse sdk) throws IOException {
    R result = call.make(sdk);
    if (result.getErrorCode() == 0) {
      check.look(result);
    }
    return result;
  }

  @Override
  public String toString() {
    return name;
  }
}
