#!/usr/bin/env bats
# The bundle on bare hosts that boot: installed, used, rebooted, upgraded under load, broken, backed up, restored elsewhere,
# removed; and once by playbook. The tests build on each other, in this order. Run by run.sh.
# shellcheck disable=SC2030,SC2031

HOSTS=$BATS_TEST_DIRNAME/hosts.sh
TALK=$BATS_TEST_DIRNAME/talk.py

on() { "$HOSTS" run "$@"; }
talk() { "$HOSTS" net python3 "$TALK" "$WORK/connection.json" "$WORK/ca.pem" "$@"; }

# A copy of what a back end would be given, with the address it would use.
fetch_connection() {
  local root=$LAB/$1/root
  sed "s/127\.0\.0\.1/$("$HOSTS" address "$1")/" "$root/var/lib/palisade/connection.json" >"$WORK/connection.json"
  cp "$root/etc/palisade/tls/ca.pem" "$WORK/ca.pem"
}

bring() { cp "$WORK/$2.tar.gz" "$LAB/$1/root/root/$2.tar.gz"; }

unpack() {
  bring "$1" "$2"
  on "$1" tar -xzf "/root/$2.tar.gz" -C /root --no-same-owner
}

installer() {
  local host=$1 bundle=$2
  shift 2
  on "$host" env "PALISADE_STARTUP_CACHE=${STARTUP_CACHE:-no}" "/root/$bundle/install.sh" "$@"
}

# Whoever still sends when a test has failed would hold up all the others.
teardown() { touch "$WORK/sent.stop" "$WORK/sent-2.stop"; }

refused() { [ "$status" = 69 ] && [ ! -e "$LAB/one/root/opt/palisade" ]; }

@test "the installer asks for root" {
  unpack one "$FIRST"
  run on one setpriv --reuid nobody --regid nogroup --clear-groups -- "/root/$FIRST/install.sh" --yes
  [ "$status" != 0 ]
  on one cp -r "/root/$FIRST/install.sh" "/root/$FIRST/VERSION" /tmp/
  run on one setpriv --reuid nobody --regid nogroup --clear-groups -- /tmp/install.sh --yes
  [ "$status" = 69 ]
  [[ $output == *"root is needed"* ]]
}

@test "a damaged or forged bundle is refused, by the name of the file" {
  on one cp -r "/root/$FIRST" /root/damaged
  on one sh -c 'printf x >>/root/damaged/release/app/palisade-server.jar'
  run installer one damaged --yes
  refused
  [[ $output == *palisade-server.jar* ]]
  on one sh -c "cp /root/$FIRST/release/app/palisade-server.jar /root/damaged/release/app/ && touch /root/damaged/release/lib/more.sh"
  run installer one damaged --yes
  refused
  [[ $output == *more.sh* ]]
  on one rm -rf /root/damaged
}

@test "what the machine lacks is said before anything is changed" {
  # A port that somebody has, a wrong answer, a machine of another kind, no room.
  on one python3 -c 'import socket,os
s = socket.socket(); s.bind(("0.0.0.0", 7080)); s.listen()
pid = os.fork()
if pid == 0:
  os.setsid(); [os.close(n) for n in (0, 1, 2)]; import time; time.sleep(600)
open("/run/other.pid", "w").write(str(pid))'
  run installer one "$FIRST" --yes
  refused
  [[ $output == *"port 7080 is in use"* ]]
  on one sh -c 'kill "$(cat /run/other.pid)"'
  printf 'rest_prot=7080\n' >"$LAB/one/root/root/answers"
  run installer one "$FIRST" --answers /root/answers
  [ "$status" = 64 ]
  [[ $output == *rest_prot* ]]
  printf 'tls=none\nrest_port=80\nim_port=7080\nconsole_port=7080\n' >"$LAB/one/root/root/answers"
  run installer one "$FIRST" --answers /root/answers
  refused
  [[ $output == *rest_port* && $output == *"tls=none"* && $output == *differ* ]]
  mkdir "$LAB/one/root/root/other"
  # shellcheck disable=SC2016
  printf '#!/bin/sh\n[ "$1" = -m ] && echo aarch64 || exec /usr/bin/uname "$@"\n' >"$LAB/one/root/root/other/uname"
  chmod +x "$LAB/one/root/root/other/uname"
  run on one sh -c "PATH=/root/other:\$PATH /root/$FIRST/install.sh --yes"
  refused
  [[ $output == *"this bundle is for"*"this machine is aarch64"* && $output != *signature* ]]
  on one mount -t tmpfs -o size=50M none /opt
  run installer one "$FIRST" --yes
  [ "$status" = 69 ]
  [[ $output == *"MiB are needed"* ]]
  on one umount /opt
}

@test "a dry run says what would be done and does nothing" {
  run installer one "$FIRST" --dry-run --yes
  [ "$status" = 0 ]
  [[ $output == *"would: start Palisade"* ]]
  [ ! -e "$LAB/one/root/opt/palisade" ]
  [ ! -e "$LAB/one/root/etc/palisade" ]
  run on one id palisade
  [ "$status" != 0 ]
}

@test "an installation that is cut short anywhere is finished by the next" {
  local seconds
  printf 'name=one,%s\nstart=no\n' "$("$HOSTS" address one)" >"$LAB/one/root/root/answers"
  for seconds in 0.4 0.9 1.5 2.5; do
    run on one timeout --signal KILL "$seconds" "/root/$FIRST/install.sh" --answers /root/answers
  done
  printf 'name=one,%s\n' "$("$HOSTS" address one)" >"$LAB/one/root/root/answers"
  STARTUP_CACHE=yes installer one "$FIRST" --answers /root/answers
  on one palisade ready
  # It learned how to start quickly, and the service takes it.
  on one sh -c 'tr "\0" "\n" <"/proc/$(systemctl show -p MainPID --value palisade)/cmdline"' | grep -q '^-XX:AOTCache=/opt/palisade/releases/.*/startup.aot$'
  [ -z "$(on one journalctl -u palisade --no-pager -o cat | grep -F '[aot]')" ]
  [ ! -e "$LAB/one/root/opt/palisade/.startup" ]
  run installer one "$FIRST" --answers /root/answers
  [ "$status" = 0 ]
  [[ $output != *$'\n- '* ]]
}

@test "users talk over REST and over WebSocket, from outside and over TLS" {
  fetch_connection one
  talk import alice bob
  talk once alice bob "hello from a back end"
  on one sh -c '(echo "hello from a client"; sleep 3) | palisade chat bob --to alice'
  run talk history alice bob
  [[ $output == *"hello from a back end"* && $output == *"hello from a client"* ]]
}

@test "the unit is hardened and the doctor finds nothing wrong" {
  run on one palisade doctor
  [ "$status" = 0 ]
  [[ $output != *WRONG* ]]
  on one systemd-analyze security --threshold=20 --no-pager palisade
  # Nobody but the server's user reads what it keeps.
  run on one setpriv --reuid nobody --regid nogroup --clear-groups -- cat /var/lib/palisade/connection.json
  [ "$status" != 0 ]
}

@test "status, logs and the support bundle say how it is, and no secret leaves the machine" {
  run on one palisade status
  [ "$status" = 0 ]
  [[ $output == *"release   0.1.0-test"* && $output == *"service   active"* ]]
  [[ $(on one palisade logs -n 5) == *palisade* ]]
  on one palisade support-bundle /root/support.tar.gz
  on one tar -xzf /root/support.tar.gz -C /root
  local file
  for file in status doctor settings log machine metrics; do
    [ -s "$LAB/one/root/root/palisade-support/$file".* ]
  done
  # Keys, passwords, one-time links and what people said.
  on one sh -c 'sed -n "s/.*\"secretKey\" : \"\(.*\)\".*/\1/p" /var/lib/palisade/connection.json
    sed "s/.*[=#]//" /var/lib/palisade/first-administrator
    cat /etc/palisade/tls/password
    grep -rhaE "^[A-Za-z0-9+/=_-]{8,200}$" /var/lib/palisade/secrets
    echo hello from a client' | sed '/^.\{0,7\}$/d' >"$WORK/secrets"
  [ "$(wc -l <"$WORK/secrets")" -ge 4 ]
  run grep -rFf "$WORK/secrets" "$LAB/one/root/root/palisade-support"
  echo "$output"
  [ "$status" = 1 ]
}

@test "a setting that the server would refuse is not written" {
  run on one palisade config set rest.prot 1
  [ "$status" = 78 ]
  on one palisade config set logging.format text
  on one palisade config check
}

@test "after a power cut and after a reboot it is back by itself, with its messages" {
  "$HOSTS" kill one
  "$HOSTS" start one
  on one palisade wait-ready 120
  fetch_connection one
  run talk history alice bob
  [[ $output == *"hello from a client"* ]]
  # Nobody may enter a host that is going down: it would wait for them. The lab starts it again under another process.
  local before
  before=$(cat "$LAB/one/nspawn.pid")
  on one systemctl --no-block reboot
  for _ in $(seq 300); do
    sleep 0.2
    [ "$(cat "$LAB/one/nspawn.pid" 2>/dev/null || echo "$before")" = "$before" ] || break
  done
  "$HOSTS" await one
  on one palisade wait-ready 120
}

@test "an upgrade while a client sends loses nothing" {
  fetch_connection one
  rm -f "$WORK/sent.stop"
  talk send alice bob "$WORK/sent" 3>&- &
  local sender=$!
  bring one "$SECOND"
  on one palisade upgrade "/root/$SECOND.tar.gz"
  [ "$(on one palisade version)" = "$SECOND_VERSION" ]
  sleep 1
  touch "$WORK/sent.stop"
  wait "$sender"
  fetch_connection one
  talk check alice bob "$WORK/sent"
}

@test "an upgrade to a release that does not become ready goes back by itself and loses nothing" {
  rm -f "$WORK/sent.stop"
  talk send bob alice "$WORK/sent-2" 3>&- &
  local sender=$!
  bring one "$BROKEN"
  run on one env PALISADE_READY_SECONDS=20 palisade upgrade "/root/$BROKEN.tar.gz"
  [ "$status" = 1 ]
  [[ $output == *"is running again"* ]]
  [ "$(on one palisade version)" = "$SECOND_VERSION" ]
  touch "$WORK/sent-2.stop"
  wait "$sender"
  fetch_connection one
  talk check bob alice "$WORK/sent-2"
}

@test "a bundle that somebody else signed is not taken for an upgrade" {
  bring one "$FOREIGN"
  run on one palisade upgrade "/root/$FOREIGN.tar.gz"
  [ "$status" = 69 ]
  [[ $output == *signature* ]]
  [ "$(on one palisade version)" = "$SECOND_VERSION" ]
}

@test "going back to the release before needs a word when it would lose changes" {
  run on one palisade rollback
  [ "$status" = 69 ]
  [[ $output == *--lose-changes* ]]
  on one palisade ready
}

@test "a backup made while it runs comes back on another machine, which is the same server then" {
  on one palisade backup
  cp "$LAB"/one/root/var/backups/palisade/*.backup "$WORK/the.backup"
  cp "$LAB/one/root/etc/palisade/backup.key" "$WORK/backup.key"
  "$HOSTS" kill one
  local began=$SECONDS
  unpack two "$SECOND"
  installer two "$SECOND" --yes
  echo "# from the bundle to a running server: $((SECONDS - began)) s" >&3
  cp "$WORK/the.backup" "$WORK/backup.key" "$LAB/two/root/root/"
  on two chmod 600 /root/backup.key
  on two palisade restore /root/the.backup --key /root/backup.key
  sed -i "s/$("$HOSTS" address one)/$("$HOSTS" address two)/" "$WORK/connection.json"
  cp "$LAB/two/root/etc/palisade/tls/ca.pem" "$WORK/ca.pem"
  talk check alice bob "$WORK/sent"
  talk check bob alice "$WORK/sent-2"
  run talk history alice bob
  [[ $output == *"hello from a client"* ]]
  on two palisade doctor
}

@test "a damaged backup changes nothing" {
  cp "$WORK/the.backup" "$LAB/two/root/root/bad.backup"
  printf 'X' | dd of="$LAB/two/root/root/bad.backup" bs=1 seek=5000 conv=notrunc status=none
  run on two palisade restore /root/bad.backup --key /root/backup.key
  [ "$status" != 0 ]
  on two palisade start
  talk check alice bob "$WORK/sent"
}

@test "removing it keeps the data, and installing it again finds them" {
  on two palisade uninstall
  [ ! -e "$LAB/two/root/opt/palisade" ]
  [ -d "$LAB/two/root/var/lib/palisade/mariadb" ]
  installer two "$SECOND" --yes
  talk check alice bob "$WORK/sent"
}

@test "a playbook installs it, and a second run changes nothing" {
  local inventory=$WORK/inventory
  cat >"$inventory" <<END
[palisade]
three ansible_host=$("$HOSTS" address three)

[palisade:vars]
ansible_user=root
ansible_ssh_private_key_file=$LAB/key
ansible_ssh_common_args=-o UserKnownHostsFile=$LAB/known_hosts -o StrictHostKeyChecking=yes
palisade_bundle=$WORK/$FIRST.tar.gz
palisade_names=["three"]
palisade_settings={"logging.format": "json"}
END
  cd "$ANSIBLE"
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml
  echo "$output"
  [ "$status" = 0 ]
  on three palisade ready
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ changed=0 ]]
  "$HOSTS" net ansible-playbook -i "$inventory" playbooks/status.yml
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml -e palisade_rest_port=80
  [ "$status" != 0 ]
  [[ $output == *palisade_rest_port* ]]
}

# The sample inventory with an outside database, on these hosts.
outside_inventory() {
  local folder=$WORK/outside im db edge
  im=$("$HOSTS" address im1) db=$("$HOSTS" address db1) edge=$("$HOSTS" address edge1)
  rm -rf "$folder"
  cp -r "$ANSIBLE/inventories/outside-database" "$folder"
  sed -i "s/192\.0\.2\.10/$im/; s/192\.0\.2\.20/$db/; s/192\.0\.2\.30/$edge/; s/192\.0\.2\.40/$db/" \
    "$folder/hosts.yml" "$folder"/group_vars/*
  sed -i "s|^palisade_bundle:.*|palisade_bundle: $WORK/$FIRST.tar.gz|" "$folder/group_vars/palisade.yml"
  cat >>"$folder/group_vars/all.yml" <<END
ansible_user: root
ansible_ssh_private_key_file: $LAB/key
ansible_ssh_common_args: -o UserKnownHostsFile=$LAB/known_hosts -o StrictHostKeyChecking=yes
END
  sed -i 's/^site_database_password:.*/site_database_password: only.for-this_test-0123/' "$folder/group_vars/all.yml"
  echo "mysql_packages_folder: $("$HOSTS" packages mariadb-server openssl)" >>"$folder/group_vars/database.yml"
  # A host of the lab may not open more files than the machine allows.
  printf 'loadbalancer_packages_folder: %s\nloadbalancer_max_connections: 5000\n' "$("$HOSTS" packages haproxy)" \
    >>"$folder/group_vars/loadbalancer.yml"
  echo "monitoring_packages_folder: $("$HOSTS" packages prometheus)" >>"$folder/group_vars/monitoring.yml"
  echo "$folder"
}

# What Prometheus answers to a query.
asked() {
  on db1 python3 -c 'import sys, urllib.request as r
print(r.urlopen("http://127.0.0.1:9090/api/v1/" + sys.argv[1]).read().decode())' "$1"
}

# fetched HOST URL: asks from that host.
fetched() {
  on "$1" python3 -c 'import ssl, sys, urllib.request as r
r.urlopen(sys.argv[1], timeout=10, context=ssl._create_unverified_context())' "$2"
}

@test "a playbook brings database, load balancer and monitoring to hosts of their own, and a second run changes nothing" {
  local inventory tries=0
  inventory=$(outside_inventory)
  cd "$ANSIBLE"
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml
  echo "$output"
  [ "$status" = 0 ] || { on im1 journalctl --no-pager -n 40 -u palisade; false; }
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ changed=0 && ! $output =~ changed=[1-9] ]]
  # The server keeps its data there and nowhere else, and users come in through the load balancer.
  [ ! -e "$LAB/im1/root/var/lib/palisade/mariadb" ]
  sed "s|https://127\.0\.0\.1:7080|https://$("$HOSTS" address edge1)|" "$LAB/im1/root/var/lib/palisade/connection.json" >"$WORK/connection.json"
  cp "$LAB/im1/root/etc/palisade/tls/ca.pem" "$WORK/ca.pem"
  talk import alice bob
  talk once alice bob "hello through the load balancer"
  talk history alice bob | grep -q "hello through the load balancer"
  # The server knows who is behind the load balancer (db1 may read the metrics), and takes nothing from there that does not say so.
  grep -q 'send-proxy-v2 check-send-proxy' "$LAB/edge1/root/etc/haproxy/haproxy.cfg"
  fetched db1 "https://$("$HOSTS" address edge1)/metrics"
  run fetched two "https://$("$HOSTS" address edge1)/metrics"
  [[ $status != 0 && $output == *403* ]]
  run fetched edge1 "https://$("$HOSTS" address im1):7080/healthz/live"
  [ "$status" != 0 ]
  on im1 journalctl --no-pager -u palisade | grep -q "a load balancer must send the PROXY protocol"
  on db1 mariadb -N -e 'SELECT COUNT(*) FROM palisade.account' | grep -qv '^0$'
  until asked 'query?query=up' | grep -q '"job":"palisade"},"value":\[[^]]*"1"\]'; do
    sleep 0.5
    tries=$((tries + 1))
    [ "$tries" -lt 80 ]
  done
  [[ $(asked rules) == *PalisadeDown*PalisadeAuditLogDown* ]]
  # Every series that an alert asks for is there.
  local series
  for series in palisade_messages_failed_total palisade_audit_log_up palisade_audit_lag_seconds palisade_gateway_slow_readers_total; do
    asked "query?query=$series" | grep -q '"value"'
  done
}

@test "with an outside database a backup is made by the timer's unit and restored" {
  on im1 systemctl is-active palisade-backup.timer
  on im1 systemctl start palisade-backup.service
  talk once alice bob "said after the backup"
  local file
  file=$(on im1 sh -c 'ls /var/backups/palisade/*.backup | tail -n 1')
  on im1 palisade restore "$file" --key /etc/palisade/backup.key
  # The load balancer sends nobody there before it has asked.
  local tries=0
  until run talk history alice bob && [ "$status" = 0 ]; do
    sleep 0.5
    tries=$((tries + 1))
    [ "$tries" -lt 60 ]
  done
  [[ $output == *"hello through the load balancer"* && $output != *"said after the backup"* ]]
}

@test "each role can be taken away again, and the second time changes nothing" {
  local inventory
  inventory=$(outside_inventory)
  cd "$ANSIBLE"
  local absent=(-e palisade_state=absent -e backup_state=absent -e mysql_state=absent -e loadbalancer_state=absent -e monitoring_state=absent)
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml "${absent[@]}"
  echo "$output"
  [ "$status" = 0 ]
  run "$HOSTS" net ansible-playbook -i "$inventory" playbooks/site.yml "${absent[@]}"
  echo "$output"
  [ "$status" = 0 ]
  [[ $output =~ changed=0 && ! $output =~ changed=[1-9] ]]
  [ ! -e "$LAB/im1/root/opt/palisade" ]
  [ -d "$LAB/db1/root/var/lib/mysql/palisade" ]
}

@test "destroying the data needs the host's name" {
  run on two palisade uninstall --purge-data
  [ "$status" = 69 ]
  on two env PALISADE_PURGE=two palisade uninstall --purge-data
  [ ! -e "$LAB/two/root/var/lib/palisade" ]
  run on two id palisade
  [ "$status" != 0 ]
}
