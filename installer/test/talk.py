#!/usr/bin/env python3
"""A back end that talks to a server through REST, for tests: standard library only.

  talk.py CONNECTION CA import USER...            imports accounts
  talk.py CONNECTION CA send FROM TO FILE         sends until FILE.stop is there; writes what was acknowledged to FILE
  talk.py CONNECTION CA check FROM TO FILE        every message of FILE is in the history, once and in order
  talk.py CONNECTION CA once FROM TO TEXT         sends one message

CONNECTION is a copy of the server's connection.json with its address as seen from here.
"""
import base64, hashlib, hmac, json, os, random, ssl, sys, time, urllib.request, zlib


class Server:
    def __init__(self, connection, ca):
        self.facts = json.load(open(connection))
        self.tls = ssl.create_default_context(cafile=ca)
        self.tls.check_hostname = False

    def signature(self, user):
        app, now = self.facts["sdkAppId"], int(time.time())
        text = f"TLS.identifier:{user}\nTLS.sdkappid:{app}\nTLS.time:{now}\nTLS.expire:86400\n"
        mac = hmac.new(self.facts["secretKey"].encode(), text.encode(), hashlib.sha256).digest()
        ticket = {"TLS.ver": "2.0", "TLS.identifier": user, "TLS.sdkappid": app, "TLS.expire": 86400,
                  "TLS.time": now, "TLS.sig": base64.b64encode(mac).decode()}
        packed = base64.b64encode(zlib.compress(json.dumps(ticket).encode())).decode()
        return packed.translate(str.maketrans("+/=", "*-_"))

    def call(self, command, body, timeout=20):
        administrator = self.facts["administrator"]
        url = (f"{self.facts['restUrl']}/v4/{command}?sdkappid={self.facts['sdkAppId']}&identifier={administrator}"
               f"&usersig={self.signature(administrator)}&random={random.randrange(2**32)}&contenttype=json")
        request = urllib.request.Request(url, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=timeout, context=self.tls) as answer:
            return json.load(answer)

    def must(self, command, body):
        answer = self.call(command, body)
        if answer.get("ErrorCode") != 0:
            sys.exit(f"{command}: {answer}")
        return answer


def text(content):
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": content}}]


def send(server, sender, to, file):
    """Each message is tried with the same random number until it is acknowledged."""
    number, waits = 0, 0
    with open(file, "w", buffering=1) as out:
        while not os.path.exists(file + ".stop"):
            number += 1
            body = {"From_Account": sender, "To_Account": to, "SyncOtherMachine": 1, "MsgRandom": number,
                    "MsgSeq": number, "MsgBody": text(f"{sender} {number}")}
            while True:
                try:
                    answer = server.call("openim/sendmsg", body, timeout=5)
                    if answer.get("ErrorCode") == 0:
                        break
                except (OSError, ValueError):
                    pass
                waits += 1
                if waits > 6000:
                    sys.exit("no answer for ten minutes")
                time.sleep(0.1)
            out.write(f"{sender} {number}\n")
            time.sleep(0.01)


def history(server, one, other):
    found, last = [], {}
    while True:
        page = server.must("openim/admin_getroammsg", {
            "Operator_Account": one, "Peer_Account": other, "MaxCnt": 100,
            "MinTime": 0, "MaxTime": int(time.time()) + 60, **last})
        found = [m for m in page.get("MsgList", [])] + found
        if page.get("Complete") == 1 or not page.get("MsgList"):
            break
        last = {"LastMsgKey": page["LastMsgKey"], "MaxTime": page["LastMsgTime"]}
    return [m["MsgBody"][0]["MsgContent"]["Text"] for m in found]


def check(server, one, other, file):
    wanted = [line.rstrip("\n") for line in open(file)]
    stored = [m for m in history(server, one, other) if m.startswith(one + " ")]
    missing = [m for m in wanted if m not in set(stored)]
    if missing:
        sys.exit(f"{len(missing)} of {len(wanted)} acknowledged messages are lost, the first: {missing[0]}")
    seen = [m for m in stored if m in set(wanted)]
    # A retry after an unanswered send may be stored twice over REST; order of the first copies must hold.
    first = list(dict.fromkeys(seen))
    if first != sorted(first, key=lambda m: int(m.split()[1])):
        sys.exit("the order changed")
    print(f"{len(wanted)} messages, all there")


def main():
    server, command, rest = Server(*sys.argv[1:3]), sys.argv[3], sys.argv[4:]
    if command == "import":
        for user in rest:
            server.must("im_open_login_svc/account_import", {"UserID": user})
    elif command == "once":
        server.must("openim/sendmsg", {"From_Account": rest[0], "To_Account": rest[1], "MsgRandom": random.randrange(2**31),
                                       "MsgBody": text(rest[2])})
    elif command == "history":
        print("\n".join(history(server, *rest)))
    else:
        {"send": send, "check": check}[command](server, *rest)


if __name__ == "__main__":
    main()
