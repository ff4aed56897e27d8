#!/bin/sh
# own-ca.sh KEYTOOL FOLDER NAMES: makes a certificate authority of this installation when FOLDER has none, and a server
# certificate for NAMES (host names and addresses, separated by commas). Running it again renews the server certificate.
#   ca.pem      what clients must trust     trust.p12  the same for Java programs of this machine
#   ca.p12      the authority, for root alone
#   server.p12  certificate and key         password   of both, generated
set -eu
umask 077
keytool=$1 folder=$2 names=$3
group=$(getent group palisade >/dev/null 2>&1 && echo palisade || echo root)
CA_DAYS=3650
# What browsers accept at most of a private authority.
SERVER_DAYS=825

install -d -m 0750 -o root -g "$group" "$folder"
work=$(mktemp -d "$folder/.new.XXXXXX")
trap 'rm -rf "$work"' EXIT

run() {
  "$keytool" -J-Xmx64m -J-XX:+UseSerialGC "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
}

san=
old=$IFS
IFS=,
for name in $names; do
  case $name in
    *:*) kind=ip ;;
    *[!0-9.]*) kind=dns ;;
    *) kind=ip ;;
  esac
  san=${san:+$san,}$kind:$name
done
IFS=$old
first=${names%%,*}
case ",$names," in
  *,localhost,*) ;;
  *) san=$san,dns:localhost,ip:127.0.0.1 ;;
esac

if [ ! -e "$folder/password" ]; then
  head -c 24 /dev/urandom | base64 | tr -d '\n' >"$work/password"
  chgrp "$group" "$work/password"
  chmod 0640 "$work/password"
  mv "$work/password" "$folder/password"
fi
pass=$folder/password

if [ ! -e "$folder/ca.p12" ]; then
  run -genkeypair -alias ca -keyalg EC -groupname secp256r1 -dname "CN=Palisade CA of $first" \
    -ext bc:c=ca:true,pathlen:0 -ext ku:c=keyCertSign,cRLSign -validity "$CA_DAYS" \
    -storetype PKCS12 -keystore "$work/ca.p12" -storepass:file "$pass"
  run -exportcert -rfc -alias ca -file "$work/ca.pem" -keystore "$work/ca.p12" -storepass:file "$pass"
  chmod 0644 "$work/ca.pem"
  mv "$work/ca.pem" "$folder/ca.pem"
  mv "$work/ca.p12" "$folder/ca.p12"
fi

if [ ! -e "$folder/trust.p12" ]; then
  run -importcert -noprompt -alias ca -file "$folder/ca.pem" -storetype PKCS12 -keystore "$work/trust.p12" -storepass changeit
  chgrp "$group" "$work/trust.p12"
  chmod 0640 "$work/trust.p12"
  mv "$work/trust.p12" "$folder/trust.p12"
fi

run -genkeypair -alias server -keyalg EC -groupname secp256r1 -dname "CN=$first" -validity "$SERVER_DAYS" \
  -storetype PKCS12 -keystore "$work/server.p12" -storepass:file "$pass"
run -certreq -alias server -file "$work/request" -keystore "$work/server.p12" -storepass:file "$pass"
run -gencert -alias ca -rfc -infile "$work/request" -outfile "$work/server.pem" -validity "$SERVER_DAYS" \
  -ext "san=$san" -ext eku=serverAuth -ext ku:c=digitalSignature \
  -keystore "$folder/ca.p12" -storepass:file "$pass"
run -importcert -noprompt -alias ca -file "$folder/ca.pem" -keystore "$work/server.p12" -storepass:file "$pass"
run -importcert -noprompt -alias server -file "$work/server.pem" -keystore "$work/server.p12" -storepass:file "$pass"
run -delete -alias ca -keystore "$work/server.p12" -storepass:file "$pass"
chgrp "$group" "$work/server.p12"
chmod 0640 "$work/server.p12"
mv "$work/server.p12" "$folder/server.p12"
