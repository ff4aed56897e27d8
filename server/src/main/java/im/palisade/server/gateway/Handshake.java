package im.palisade.server.gateway;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/** The HTTP request that opens a connection. Afterwards nothing of HTTP is left in the pipeline. */
@SuppressWarnings("FutureReturnValueIgnored") // a failed write closes the channel
final class Handshake extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final String PATH = "/im";
  private static final String SUB_PROTOCOL = "palisade.v1.json";
  private static final int MAX_BODY = 8 << 10;

  /** Violations are answered by {@link Frames}, with our close codes. */
  private static final WebSocketDecoderConfig DECODER =
      WebSocketDecoderConfig.newBuilder()
          .maxFramePayloadLength(Frames.MAX_BYTES)
          .allowExtensions(false)
          .allowMaskMismatch(false)
          .expectMaskedFrames(true)
          .closeOnProtocolViolation(false)
          .withUTF8Validator(false)
          .build();

  private final Connection connection;

  private Handshake(Connection connection) {
    this.connection = connection;
  }

  static void install(ChannelPipeline pipeline, Connection connection) {
    pipeline.addLast(
        new HttpServerCodec(), new HttpObjectAggregator(MAX_BODY, true), new Handshake(connection));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    if (request.decoderResult().isFailure()) {
      refuse(context, HttpResponseStatus.BAD_REQUEST);
    } else if (!path(request.uri()).equals(PATH)) {
      refuse(context, HttpResponseStatus.NOT_FOUND);
    } else if (!isUpgrade(request)) {
      refuse(context, HttpResponseStatus.UPGRADE_REQUIRED);
    } else {
      upgrade(context, request);
    }
  }

  private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
    ChannelPipeline pipeline = context.pipeline();
    // The sub-protocol is echoed to those who ask for it: RFC 6455 has others fail on seeing it.
    var handshaker = new WebSocketServerHandshaker13(PATH, SUB_PROTOCOL, DECODER);
    // In place before the first bytes after the request can reach it.
    pipeline.addAfter(context.name(), "frames", new Frames(connection));
    try {
      handshaker
          .handshake(context.channel(), request)
          .addListener(
              done -> {
                if (!done.isSuccess()) {
                  connection.abort();
                } else if (pipeline.get("wsencoder") != null) {
                  pipeline.remove("wsencoder");
                }
              });
    } catch (WebSocketHandshakeException e) {
      pipeline.remove("frames");
      refuse(context, HttpResponseStatus.BAD_REQUEST);
      return;
    }
    connection.upgraded();
    pipeline.remove(this);
  }

  private static boolean isUpgrade(FullHttpRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && request
            .headers()
            .contains(
                HttpHeaderNames.SEC_WEBSOCKET_VERSION,
                WebSocketVersion.V13.toHttpHeaderValue(),
                true);
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
    var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    response
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .setInt(HttpHeaderNames.CONTENT_LENGTH, 0);
    if (status.equals(HttpResponseStatus.UPGRADE_REQUIRED)) {
      response
          .headers()
          .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
          .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WebSocketVersion.V13.toHttpHeaderValue());
    }
    context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  /** Resets, TLS failures and the like, before there is anybody to tell. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    connection.abort();
  }
}
