package im.palisade.server.store.embedded;

/** The option file of the embedded database. */
final class ServerConfiguration {
  private ServerConfiguration() {}

  /** Written anew at every start; holds no secret. */
  static String text(EmbeddedOptions options, MariadbHome home, int port) {
    return """
    # Written by Palisade at every start of its embedded database; changes are lost.
    [mariadbd]
    basedir                        = %s
    lc-messages-dir                = %s
    datadir                        = %s
    tmpdir                         = %s
    log-error                      = %s
    pid-file                       = mariadbd.pid
    # Relative to datadir: a full path may be longer than a socket's name can be.
    socket                         = mysql.sock

    bind-address                   = 127.0.0.1
    port                           = %d
    # Without a certificate 11.4 makes one at every start, which takes seconds; this is loopback.
    skip-ssl
    skip-name-resolve
    skip-log-bin
    skip-symbolic-links
    local-infile                   = 0
    max-connections                = %d

    # Nothing acknowledged is ever lost.
    innodb-flush-log-at-trx-commit = 1
    innodb-doublewrite             = 1
    innodb-flush-method            = O_DIRECT
    innodb-buffer-pool-size        = %d
    innodb-log-file-size           = %d
    innodb-log-buffer-size         = 8M
    # Dirty pages are written all along, not in one burst when the redo log is nearly full.
    innodb-io-capacity             = 1000
    innodb-io-capacity-max         = 4000
    innodb-flush-neighbors         = 0
    innodb-max-dirty-pages-pct-lwm = 5
    innodb-adaptive-flushing-lwm   = 5
    transaction-isolation          = READ-COMMITTED

    character-set-server           = utf8mb4
    collation-server               = utf8mb4_bin
    default-time-zone              = +00:00
    default-storage-engine         = InnoDB
    max-allowed-packet             = 64M

    # A small machine: caches of engines we do not use are off or small.
    performance-schema             = OFF
    key-buffer-size                = 1M
    aria-pagecache-buffer-size     = 8M
    table-open-cache               = 400
    table-definition-cache         = 400
    thread-cache-size              = 16
    tmp-table-size                 = 16M
    max-heap-table-size            = 16M
    query-cache-type               = 0
    query-cache-size               = 0
    log-warnings                   = 1
    """
        .formatted(
            quoted(home.base()),
            quoted(home.share()),
            quoted(Layout.data(options.directory())),
            quoted(Layout.temporary(options.directory())),
            quoted(Layout.errorLog(options.directory())),
            port,
            options.connections() + 16,
            options.bufferPool(),
            options.redoLog());
  }

  /** Option files know escapes and comments; a quoted value keeps spaces and {@code #}. */
  private static String quoted(Object path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
