package im.palisade.server.gateway;

import im.palisade.server.security.ProxyHeader;
import im.palisade.server.security.ProxyHeaderException;
import im.palisade.server.security.ProxyProtocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.List;

/**
 * Looks at the first bytes of a connection, ahead of TLS: a load balancer must send the PROXY
 * protocol's header there and nobody else may. Then it is gone from the pipeline. A header that
 * does not come ends as a login that does not.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing is seen through the channel's close future
final class ProxyHeaderHandler extends ByteToMessageDecoder {
  private static final int LOOKED_AT = 12;

  private final Connection connection;
  private final ProxyProtocol proxies;

  ProxyHeaderHandler(Connection connection, ProxyProtocol proxies) {
    this.connection = connection;
    this.proxies = proxies;
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    byte[] first =
        ByteBufUtil.getBytes(in, in.readerIndex(), Math.min(LOOKED_AT, in.readableBytes()));
    boolean balancer = proxies.isBalancer(context.channel().remoteAddress());
    switch (ProxyHeader.beginning(first)) {
      case UNDECIDED -> {}
      case SOMETHING_ELSE -> {
        if (balancer) {
          refuse(context, in, ProxyHeader.MISSING);
        } else {
          context.pipeline().remove(this);
        }
      }
      case HEADER -> {
        if (balancer) {
          context
              .pipeline()
              .addAfter(context.name(), null, new Client())
              .addAfter(context.name(), null, new HAProxyMessageDecoder(ProxyProtocol.MAX_EXTRAS));
          context.pipeline().remove(this);
        } else {
          refuse(context, in, ProxyHeader.UNEXPECTED);
        }
      }
    }
  }

  private void refuse(ChannelHandlerContext context, ByteBuf in, String why) {
    in.skipBytes(in.readableBytes());
    proxies.refused(context.channel().remoteAddress(), why);
    context.close();
  }

  /** Takes what the header says. */
  private final class Client extends SimpleChannelInboundHandler<HAProxyMessage> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header)
        throws ProxyHeaderException {
      ProxyProtocol.client(header).ifPresent(connection::cameFrom);
      context.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      switch (cause) {
        case ProxyHeaderException e -> refused(context, e);
        case DecoderException e -> refused(context, ProxyHeader.broken(e));
        default -> context.fireExceptionCaught(cause);
      }
    }

    private void refused(ChannelHandlerContext context, ProxyHeaderException why) {
      proxies.refused(context.channel().remoteAddress(), why.getMessage());
      context.close();
    }
  }
}
