package im.palisade.server.gateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import im.palisade.server.app.Principal;
import im.palisade.server.protocol.Json;
import im.palisade.server.protocol.Platform;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection from accept to close. There may be a hundred thousand, so it owns no timer
 * and no collection unless in use; fields that may be null say so. Fields without a note belong to
 * the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // outcomes arrive through the channel's close future
final class Connection implements Session, ChannelFutureListener {
  /** Requests a connection may have under way before its socket is no longer read. */
  static final int MAX_IN_FLIGHT = 256;

  /** Bytes those requests may add up to, likewise. */
  static final int MAX_IN_FLIGHT_BYTES = 1 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
  private static final long CLOSE_GRACE = TimeUnit.SECONDS.toNanos(5);

  /** How far a connection has come. */
  enum Phase {
    HTTP,
    AWAITING_LOGIN,
    LOGGING_IN,
    OPEN,
    /** A close frame is on its way; what comes in is thrown away. */
    CLOSING,
    CLOSED
  }

  /** A request that came while the login before it was being decided. */
  record Held(ObjectNode frame, int bytes) {}

  /** How long before its end a client is told of it. */
  private static final int WARNING_SECONDS = 60;

  /** What an accepted login adds. */
  record Login(
      String id,
      Principal principal,
      Platform platform,
      String deviceId,
      String client,
      long atMillis) {}

  /** Neighbours in the shard's list; null at its ends. */
  Connection previous;

  Connection next;

  private final Channel channel;
  private final Shard shard;
  private final GatewayCore core;
  private final Outbox outbox;
  private final Lanes lanes;
  private final long acceptedAt;
  private Phase phase = Phase.HTTP;

  private int inFlight;
  private int inFlightBytes;

  /** Requests to look at after the login; null when there are none. */
  private ArrayDeque<Held> held;

  /** Frames that came before the login's reply; null when there are none. */
  private ArrayDeque<EncodedFrame> early;

  /** The audiences it is in; null until it joins or leaves one. */
  private Memberships memberships;

  /** When the outbox rose above the high water; 0 while it is below. */
  private long slowSince;

  private long closingSince;

  private long lastFrameAt;
  private int unansweredPings;

  /** When the client's allowance of frames is whole again (generic cell rate algorithm). */
  private long allowanceWholeAt;

  /** For whom a load balancer connected; null where none did. Not changed after the login. */
  private InetAddress client;

  /** Null until a login is accepted; written by the login's thread. */
  private volatile Login login;

  /** UNIX seconds after which the UserSig no longer counts. */
  private volatile long sigExpiresAt;

  /** Whether the client was told that it is about to expire. */
  private volatile boolean warned;

  /** Whether listeners were told of the session. Guarded by this. */
  private boolean announced;

  /** What ended the connection; null while it lives. Guarded by this. */
  private CloseCause ended;

  Connection(Channel channel, Shard shard, GatewayCore core) {
    this.channel = channel;
    this.shard = shard;
    this.core = core;
    this.outbox = new Outbox(channel, shard, core.metrics());
    this.lanes = new Lanes(core);
    this.acceptedAt = System.nanoTime();
    this.lastFrameAt = acceptedAt;
    this.allowanceWholeAt = acceptedAt;
  }

  /** A load balancer named its client; before the login. */
  void cameFrom(InetAddress address) {
    client = address;
  }

  // Session: from any thread.

  @Override
  public String id() {
    return login.id();
  }

  @Override
  public Principal principal() {
    return login.principal();
  }

  @Override
  public Platform platform() {
    return login.platform();
  }

  @Override
  public String deviceId() {
    return login.deviceId();
  }

  @Override
  public String client() {
    return login.client();
  }

  @Override
  public Instant loggedInAt() {
    return Instant.ofEpochMilli(login.atMillis());
  }

  @Override
  public String address() {
    if (client != null) {
      return client.getHostAddress();
    }
    return channel.remoteAddress() instanceof InetSocketAddress peer && !peer.isUnresolved()
        ? peer.getAddress().getHostAddress()
        : "";
  }

  @Override
  public void send(EncodedFrame frame) {
    shard.submit(this, frame, 0);
  }

  @Override
  public void close(CloseCode code) {
    close(code, CloseCause.of(code));
  }

  @Override
  public void kick(KickReason reason) {
    shard.submit(this, new Outbound.Kick(reason, Optional.empty()), 0);
  }

  /** Ends for a login of the same user. */
  void makeRoom(Platform newcomer) {
    shard.submit(this, new Outbound.Kick(KickReason.MULTI_LOGIN, Optional.of(newcomer)), 0);
  }

  /** The user goes on with another UserSig, valid until that UNIX second. */
  void renew(long expiresAt) {
    sigExpiresAt = expiresAt;
    warned = false;
  }

  void close(CloseCode code, CloseCause cause) {
    shard.submit(this, new Outbound.Close(code, cause), 0);
  }

  Shard shard() {
    return shard;
  }

  Requests requests() {
    return core.requests();
  }

  boolean isAlive() {
    return channel.isActive();
  }

  /** Gives the connection its user; before anybody else sees it as a session. */
  void identify(Login accepted) {
    sigExpiresAt = accepted.principal().sigExpiresAt();
    login = accepted;
  }

  /** Notes that listeners know of the session; returns what ended it in the meantime, if so. */
  synchronized Optional<CloseCause> announced() {
    announced = true;
    return Optional.ofNullable(ended);
  }

  private synchronized boolean endedOnce(CloseCause cause) {
    boolean tell = ended == null && announced;
    if (ended == null) {
      ended = cause;
    }
    return tell;
  }

  // Coming in: on the event loop.

  Phase phase() {
    return phase;
  }

  void upgraded() {
    phase = Phase.AWAITING_LOGIN;
  }

  /** Counts a frame of any kind; false when it is one too many, and the connection closing. */
  boolean admitFrame() {
    core.metrics().framesIn.inc();
    lastFrameAt = System.nanoTime();
    unansweredPings = 0;
    long each = core.nanosPerFrame();
    if (each > 0) {
      allowanceWholeAt = Math.max(allowanceWholeAt, lastFrameAt) + each;
      if (allowanceWholeAt - lastFrameAt > each * core.settings().frameBurst()) {
        core.metrics().refusedByRate.inc();
        shut(CloseCode.RATE_LIMIT, CloseCause.FLOOD);
        return false;
      }
    }
    return true;
  }

  void startLogin() {
    phase = Phase.LOGGING_IN;
    adjustReading();
  }

  /** Keeps a request until the login is decided; the socket is not read meanwhile. */
  void hold(ObjectNode frame, int bytes) {
    if (held == null) {
      held = new ArrayDeque<>();
    }
    held.add(new Held(frame, bytes));
  }

  /** Runs a call, in turn with others of its lane. */
  void run(CommandCall call, int bytes) {
    inFlight++;
    inFlightBytes += bytes;
    adjustReading();
    lanes.run(call);
  }

  /** Counts its answer. */
  void answered(int bytes) {
    inFlight--;
    inFlightBytes -= bytes;
    if (shard.isDraining() && inFlight == 0 && phase == Phase.OPEN) {
      shut(CloseCode.RESTARTING, CloseCause.SHUTDOWN);
    }
    adjustReading();
  }

  private void adjustReading() {
    boolean wanted =
        phase == Phase.CLOSING
            || (phase != Phase.LOGGING_IN
                && !(shard.isDraining() && phase == Phase.OPEN)
                && inFlight < MAX_IN_FLIGHT
                && inFlightBytes < MAX_IN_FLIGHT_BYTES
                && outbox.bytes() <= core.settings().outboundHighWater());
    if (wanted != channel.config().isAutoRead()) {
      // Pongs that lie unread in the socket must not count as missing.
      lastFrameAt = System.nanoTime();
      unansweredPings = 0;
      channel.config().setAutoRead(wanted);
    }
  }

  // Going out: on the event loop.

  void perform(Outbound what, boolean more) {
    switch (what) {
      case EncodedFrame frame -> {
        if (phase == Phase.LOGGING_IN && login != null) {
          keepUntilWelcome(frame);
        } else {
          deliver(frame, more);
        }
      }
      case Outbound.Welcome welcome -> welcome(welcome);
      case Outbound.Refuse refuse -> {
        deliver(refuse.reply(), false);
        shut(CloseCode.LOGIN_REFUSED, CloseCause.LOST);
      }
      case Outbound.Close close -> shut(close.code(), close.cause());
      case Outbound.Kick kick -> kickNow(kick.reason(), kick.by());
    }
  }

  /** Others see the session a moment before the client is told; its reply still comes first. */
  private void keepUntilWelcome(EncodedFrame frame) {
    if (early == null) {
      early = new ArrayDeque<>();
    }
    early.add(frame);
  }

  private void welcome(Outbound.Welcome welcome) {
    if (phase != Phase.LOGGING_IN) {
      core.directory().remove(this);
      return;
    }
    phase = Phase.OPEN;
    deliver(welcome.reply(), false);
    if (early != null) {
      early.forEach(frame -> deliver(frame, false));
      early = null;
    }
    if (memberships != null) {
      memberships.forgetLeft();
    }
    if (shard.isDraining()) {
      shut(CloseCode.RESTARTING, CloseCause.SHUTDOWN);
      return;
    }
    ArrayDeque<Held> waiting = held;
    held = null;
    if (waiting != null) {
      waiting.forEach(request -> requests().receive(this, request.frame(), request.bytes()));
    }
    adjustReading();
  }

  private void kickNow(KickReason reason, Optional<Platform> by) {
    deliver(reason.event(by), false);
    shut(reason.code(), reason.cause());
  }

  /** Writes a frame, or keeps it while the client is not taking any. */
  void deliver(EncodedFrame frame, boolean more) {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    outbox.add(frame, more);
    long highWater = core.settings().outboundHighWater();
    if (outbox.bytes() > 2 * highWater) {
      shutSlowReader();
    } else if (outbox.bytes() > highWater && slowSince == 0) {
      slowSince = System.nanoTime();
      adjustReading();
    }
  }

  /** The channel takes more again. */
  void resume() {
    outbox.resume();
    if (slowSince != 0 && outbox.bytes() <= core.settings().outboundHighWater()) {
      slowSince = 0;
      adjustReading();
    }
  }

  // Audiences: on the event loop.

  /** Enters an audience; false when it is in already, or the connection ends. */
  boolean joinAudience(Section section) {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return false;
    }
    if (memberships == null) {
      memberships = new Memberships();
    }
    return memberships.join(section, this);
  }

  /** Leaves an audience with what was said to it before. */
  void leaveAudience(AudienceId id) {
    int place = memberships == null ? -1 : memberships.placeOf(id);
    if (place >= 0) {
      memberships.catchUp(place);
    }
    // What it is owed may have been too much for it, and closed it.
    if (place >= 0 && memberships != null) {
      memberships.leave(place);
    }
    if (phase == Phase.LOGGING_IN) {
      if (memberships == null) {
        memberships = new Memberships();
      }
      memberships.remember(id);
    }
  }

  /** Whether it left the audience while its login was being decided. */
  boolean hasLeft(AudienceId id) {
    return memberships != null && memberships.hasLeft(id);
  }

  /** The section that stands at this place keeps the connection at another index now. */
  void moved(int place, int index) {
    memberships.moved(place, index);
  }

  /** Delivers all frames of the round that a section is at. */
  void deliverJoined(Section section) {
    if (phase == Phase.OPEN && outbox.addJoined(section)) {
      return;
    }
    for (int i = 0; i < section.frames(); i++) {
      if (phase == Phase.LOGGING_IN) {
        keepUntilWelcome(section.frame(i));
      } else {
        deliver(section.frame(i), false);
      }
    }
  }

  // Ending: on the event loop.

  /** Sends the close frame and waits a while for the client's. */
  void shut(CloseCode code, CloseCause cause) {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    core.metrics().closedByServer(code);
    if (phase == Phase.HTTP) {
      closing(cause);
      channel.close();
      return;
    }
    deliver(code.frame(), false);
    closing(cause);
  }

  private void shutSlowReader() {
    if (phase == Phase.CLOSING || phase == Phase.CLOSED) {
      return;
    }
    core.metrics().slowReaders.inc();
    LOG.info("closed a slow reader, {} bytes were waiting for {}", outbox.bytes(), this);
    outbox.clear();
    // What the channel has already taken cannot be taken back: the close frame waits behind it.
    outbox.add(CloseCode.SLOW_READER.frame(), false);
    core.metrics().closedByServer(CloseCode.SLOW_READER);
    closing(CloseCause.SLOW_READER);
  }

  /** The client sent a close frame: answers it, or ends the closing we began. */
  void peerCloses(int code) {
    if (phase == Phase.CLOSING) {
      channel.close();
      return;
    }
    core.metrics().closedByClient(code < 0 ? 1005 : code);
    outbox.clear();
    EncodedFrame echo = code < 0 ? EncodedFrame.close() : EncodedFrame.close(code);
    ByteBuf buffer = shard.buffer(channel.alloc(), echo, false);
    closing(CloseCause.LOST);
    channel.writeAndFlush(buffer).addListener(ChannelFutureListener.CLOSE);
  }

  private void closing(CloseCause cause) {
    phase = Phase.CLOSING;
    closingSince = System.nanoTime();
    held = null;
    early = null;
    leave(cause);
    adjustReading();
  }

  /** Cuts the connection. */
  void abort() {
    channel.close();
  }

  /** The channel is closed, whoever did it. */
  @Override
  public void operationComplete(ChannelFuture closed) {
    if (phase != Phase.CLOSING && phase != Phase.CLOSED) {
      core.metrics().closedByClient(1006);
      leave(CloseCause.LOST);
    }
    phase = Phase.CLOSED;
    held = null;
    early = null;
    outbox.clear();
    shard.remove(this);
    core.connectionClosed();
  }

  private void leave(CloseCause cause) {
    if (memberships != null) {
      memberships.leaveAll();
      memberships = null;
    }
    if (login != null) {
      core.directory().remove(this);
    }
    if (endedOnce(cause)) {
      core.logins().ended(this, cause);
    }
  }

  /** Stops taking requests, and closes as soon as none is under way. */
  void drain() {
    boolean busy = phase == Phase.LOGGING_IN || inFlight > 0;
    if (busy) {
      adjustReading();
    } else {
      shut(CloseCode.RESTARTING, CloseCause.SHUTDOWN);
    }
  }

  /** Looks at every deadline. */
  void sweep(long now, long epochSeconds) {
    GatewaySettings settings = core.settings();
    switch (phase) {
      case HTTP, AWAITING_LOGIN, LOGGING_IN -> {
        if (now - acceptedAt > settings.loginTimeout().toNanos()) {
          shut(CloseCode.LOGIN_TIMEOUT, CloseCause.LOST);
        }
      }
      case OPEN -> {
        if (slowSince != 0 && now - slowSince > settings.slowReaderTimeout().toNanos()) {
          shutSlowReader();
        } else if (epochSeconds > sigExpiresAt) {
          kickNow(KickReason.SIG_EXPIRED, Optional.empty());
        } else if (channel.config().isAutoRead()) {
          warnOfExpiry(epochSeconds);
          checkAlive(now, settings.heartbeat().toNanos());
        }
      }
      case CLOSING -> {
        if (now - closingSince > CLOSE_GRACE) {
          channel.close();
        }
      }
      case CLOSED -> {}
    }
  }

  /** In time for the client to fetch another UserSig and renew. */
  private void warnOfExpiry(long epochSeconds) {
    if (!warned && epochSeconds > sigExpiresAt - WARNING_SECONDS) {
      warned = true;
      deliver(
          EncodedFrame.event(
              ClientEvent.SESSION_EXPIRING, Json.object().put("sigExpires", sigExpiresAt)),
          false);
    }
  }

  private void checkAlive(long now, long heartbeat) {
    if (now - lastFrameAt < heartbeat * (unansweredPings + 1)) {
      return;
    }
    if (unansweredPings == 2) {
      shut(CloseCode.GOING_AWAY, CloseCause.TIMED_OUT);
    } else {
      unansweredPings++;
      deliver(EncodedFrame.PING_FRAME, false);
    }
  }

  /** For the log: the session's id, or the channel's before login. */
  @Override
  public String toString() {
    Login accepted = login;
    return accepted == null ? channel.id().asShortText() : accepted.id();
  }
}
