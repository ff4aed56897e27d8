# How a Palisade program is started: sourced by the launcher of a checkout and by the command of an installation.
# Expects java_home (a runtime of Java 25 or later) and app (a folder with palisade-server.jar, lib/ and mariadb/).
# shellcheck shell=sh

# MiB this process may use: the machine's memory or, when smaller, what its control group allows.
memory() {
  mib=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)
  mib=$((mib / 1024))
  for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
    bytes=$(cat "$limit" 2>/dev/null || true)
    case $bytes in
      '' | *[!0-9]*) ;;
      *) [ "${#bytes}" -gt 15 ] || [ $((bytes / 1048576)) -ge "$mib" ] || mib=$((bytes / 1048576)) ;;
    esac
  done
  echo "$mib"
}

# A quarter of the memory, since the embedded database lives beside it.
heap() {
  mib=$(($(memory) / 4))
  [ "$mib" -ge 256 ] || mib=256
  [ "$mib" -le 2048 ] || mib=2048
  echo "$mib"
}

# Measured on 2 cores: the parallel collector serves most and with the lowest p99; G1 from there on.
collector() {
  if [ "$(nproc)" -le 2 ]; then
    echo -XX:+UseParallelGC
  else
    echo -XX:+UseG1GC
  fi
}

# What the JVM learned of the server's first run, where somebody had it learn (startup-cache.sh).
# shellcheck disable=SC2154
startup_cache() { echo "$app/startup.aot"; }

# Not where the program is newer, as after a build, or where the name cannot stand among options.
startup_options() {
  case $app in
    *[[:space:]]*) ;;
    *) [ -z "$(find "$(startup_cache)" -newer "$app/palisade-server.jar" 2>/dev/null)" ] || echo "-XX:AOTCache=$(startup_cache)" ;;
  esac
}

# Options of the JVM for a program that serves or measures.
server_options() {
  echo "$(collector) -Xmx$(heap)m $(startup_options)"
}

# Options for a program that does one thing and ends.
command_options() {
  echo "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx256m"
}

# java_main OPTIONS ARGUMENT...: replaces this shell, so that signals reach the program itself.
java_main() {
  jvm_options=$1
  shift
  # Unquoted on purpose: options are separated by spaces.
  # shellcheck disable=SC2086,SC2154
  exec "$java_home/bin/java" \
    -XX:+UseCompactObjectHeaders \
    -XX:+ExitOnOutOfMemoryError \
    --enable-native-access=ALL-UNNAMED \
    -Djava.awt.headless=true \
    -Dpalisade.mariadb.home="$app/mariadb" \
    -Dpalisade.command="$0" \
    $jvm_options ${PALISADE_JAVA_OPTS:-} \
    -cp "$app/palisade-server.jar:$app/lib/*" \
    im.palisade.server.Palisade "$@"
}
