package im.palisade.server.config;

/** A setting that stops the server from starting; the message begins with the setting's key. */
public final class SettingException extends RuntimeException {
  public SettingException(String key, String what) {
    super(key + ": " + what);
  }

  public SettingException(String key, String what, Throwable cause) {
    super(key + ": " + what, cause);
  }
}
