package im.palisade.server.sync;

import im.palisade.client.ImListener;
import im.palisade.client.ImLogin;
import im.palisade.server.testing.TestApp;
import java.net.URI;

/** Where devices connect: always the same server, or another one after each restart. */
interface Door {
  /** Of the gateway. */
  URI address();

  /** What a device of a user logs in with. */
  ImLogin login(String userId, String platform, String deviceId);

  /** Of an app of a running server. */
  static Door of(TestApp app) {
    return new Door() {
      @Override
      public URI address() {
        return URI.create(app.server().facts().imUrl());
      }

      @Override
      public ImLogin login(String userId, String platform, String deviceId) {
        return new ImLogin(app.appId(), userId, app.sig(userId), platform, deviceId);
      }
    };
  }

  /** What is of no use to a listener. */
  ImListener DEAF = new ImListener() {};
}
