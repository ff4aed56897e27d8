#!/usr/bin/env python3
"""Checks Palisade audit logs and proofs with nothing but Python's standard library.

A second implementation, written from docs/audit-log-format.md, RFC 9162, RFC 8032 and the C2SP texts,
so that trust does not rest on the Java verifier alone. It checks less: signatures of checkpoints,
inclusion and consistency proofs, that the entries of a log hash to its signed roots, and copies of entries.

    palisade_verify.py log DIR --key KEY             whole log
    palisade_verify.py checkpoint FILE --key KEY     signature of a checkpoint
    palisade_verify.py proof PROOF ENTRY --key KEY   one event with its .tlog-proof
    palisade_verify.py copy FILE DIR --key KEY       an export or a SIEM's copy against the log
    palisade_verify.py consistency OLD NEW PROOF --key KEY
    palisade_verify.py vectors FILE...               test vectors

KEY is a verifier key line or a file of such lines. Exit code: 0 good (also where entries were pruned with a record of
it), 1 evidence of change (also where they are missing without one), 3 cannot be read.
"""
import base64
import hashlib
import json
import os
import re
import sys

# --- Tree (RFC 9162 section 2.1) ---------------------------------------------------------------


def sha256(data):
    return hashlib.sha256(data).digest()


def leaf_hash(entry):
    return sha256(b"\0" + entry)


def node_hash(left, right):
    return sha256(b"\1" + left + right)


class Tree:
    """A tree that grows: the roots of its perfect subtrees as (leaves, hash), largest first."""

    def __init__(self):
        self.peaks = []
        self.size = 0

    def add(self, hash_, leaves=1):
        self.size += leaves
        self.peaks.append((leaves, hash_))
        while len(self.peaks) > 1 and self.peaks[-1][0] == self.peaks[-2][0]:
            count, right = self.peaks.pop()
            _, left = self.peaks.pop()
            self.peaks.append((2 * count, node_hash(left, right)))

    def root(self):
        if not self.peaks:
            return sha256(b"")
        root = self.peaks[-1][1]
        for _, left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root


def check_inclusion(leaf, index, size, proof, root):
    """RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node_hash(p, r)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def check_consistency(first, first_root, second, second_root, proof):
    """RFC 9162 section 2.1.4.2."""
    if not 0 <= first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == sha256(b"")
    if first & (first - 1) == 0:
        proof = [first_root] + proof
    if not proof:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for c in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node_hash(c, fr), node_hash(c, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == first_root and sr == second_root


# --- Ed25519 (RFC 8032 section 5.1), verification only -----------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * SQRT_MINUS_1 % P
    if (x * x - x2) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def point(encoded):
    y = int.from_bytes(encoded, "little")
    x = recover_x(y & (1 << 255) - 1, y >> 255)
    y &= (1 << 255) - 1
    return None if x is None else (x, y, 1, x * y % P)


def add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % P
    b = (p[1] + p[0]) * (q[1] + q[0]) % P
    c = 2 * p[3] * q[3] * D % P
    d = 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(n, p):
    q = (0, 1, 1, 0)
    while n:
        if n & 1:
            q = add(q, p)
        p, n = add(p, p), n >> 1
    return q


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point(BASE_Y.to_bytes(32, "little"))


def check_ed25519(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = hashlib.sha512(signature[:32] + public + message).digest()
    left = multiply(s, BASE)
    right = add(r, multiply(int.from_bytes(h, "little") % L, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


# --- Notes, keys, checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature) ---------------


def strict_base64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one spelling of base64")
    return data


class Key:
    def __init__(self, line):
        self.line = line
        self.name, self.id, encoded = line.split("+", 2)
        data = strict_base64(encoded)
        self.type, self.raw = data[0], data[1:]
        if len(self.raw) != 32 or self.type not in (1, 4) or self.id != key_id(self.name, data):
            raise ValueError("not a verifier key: " + line)

    def named(self, name):
        data = bytes([self.type]) + self.raw
        return Key("%s+%s+%s" % (name, key_id(name, data), base64.b64encode(data).decode()))

    def check(self, text, signature):
        message = text.encode()
        if self.type == 4:
            time = int.from_bytes(signature[:8], "big")
            message = b"cosignature/v1\ntime %d\n" % time + message
            signature = signature[8:]
        return check_ed25519(self.raw, message, signature)


def key_id(name, data):
    return sha256(name.encode() + b"\n" + data)[:4].hex()


def parse_note(note):
    text, _, lines = note.rpartition("\n\n")
    if not text or not lines.endswith("\n"):
        raise ValueError("not a signed note")
    signatures = []
    for line in lines[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        data = strict_base64(encoded)
        if dash != "\u2014" or len(data) < 5:
            raise ValueError("not a signature line")
        signatures.append((name, data[:4].hex(), data[4:]))
    return text + "\n", signatures


def is_signed(note, key):
    """Whether the key signed; a line of that key that does not verify makes the note bad."""
    text, signatures = parse_note(note)
    own = [s for name, id_, s in signatures if (name, id_) == (key.name, key.id)]
    return bool(own) and all(key.check(text, s) for s in own)


def parse_checkpoint(text):
    match = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n", text)
    if not match:
        raise ValueError("not a checkpoint")
    return match[1], int(match[2]), strict_base64(match[3])


def parse_proof(text):
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != "c2sp.org/tlog-proof@v1":
        raise ValueError("not a tlog-proof")
    if lines[0].startswith("extra "):
        lines.pop(0)
    return int(re.fullmatch("index (0|[1-9][0-9]*)", lines[0])[1]), [strict_base64(h) for h in lines[1:]], note


def signed_head(note, trusted, epoch_keys=()):
    """The checkpoint of a note that a trusted key, or one it endorses, signed for this origin."""
    origin, size, root = parse_checkpoint(parse_note(note)[0])
    base = origin.rsplit("/", 1)[0]
    keys = [k.named(origin) for k in trusted if k.name in (base, origin) or k.name.rsplit("/", 1)[0] == base]
    for _ in epoch_keys:
        keys += [k for k, vouches in epoch_keys if any(vouches(old) for old in keys) and k.line not in [o.line for o in keys]]
    if not any(is_signed(note, k) for k in keys):
        raise BadSignature("no signature of a trusted key on the checkpoint of %s at %d" % (origin, size))
    return origin, size, root


class BadSignature(Exception):
    pass


# --- A whole log --------------------------------------------------------------------------------


def tile_number(n):
    parts = ["%03d" % (n % 1000)]
    while n >= 1000:
        n //= 1000
        parts.insert(0, "x%03d" % (n % 1000))
    return "/".join(parts)


def read(*path):
    try:
        with open(os.path.join(*path), "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def widest(folder, n, count, split):
    """The first items of a tile or bundle, from the full file or a partial one that is wide enough."""
    name = os.path.join(folder, tile_number(n))
    partial = sorted((int(w) for w in os.listdir(name + ".p")), reverse=True) if os.path.isdir(name + ".p") else []
    for file in [name] + [os.path.join(name + ".p", str(w)) for w in partial]:
        data = read(file)
        items = split(data) if data is not None else []
        if len(items) >= count:
            return items[:count]
    return None


def split_entries(data):
    entries, at = [], 0
    while at + 2 <= len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        if at + 2 + length > len(data):
            break
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return entries


def split_hashes(data):
    return [data[i : i + 32] for i in range(0, len(data), 32)]


def read_keys(folder):
    keys = []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        lines = read(folder, name).decode().splitlines()
        fields = dict(line.split(" ", 1) for line in lines[1:])
        signed = "palisade audit key\n%s\nvalid-from %s\n" % (lines[0], fields["valid-from"])
        by, _, signature = fields.get("endorsed-by", "").partition(" ")
        vouches = lambda old, by=by, text=signed, s=signature: by == old.id and check_ed25519(
            old.raw, text.encode(), strict_base64(s)
        )
        keys.append((Key(lines[0]), vouches))
    return keys


def pruning(entry, epoch):
    """Epoch, minimum index and kept bundles of an audit.prune; an epoch that is over is named in a later one's."""
    if b'"type":"audit.prune"' not in entry:
        return []
    event = json.loads(entry)
    if event["type"] != "audit.prune" or event["outcome"]["result"] != "success":
        return []
    after = event["change"]["after"]
    of = after.get("epoch", epoch)
    return [(of, after["minimum"], set(after.get("kept", [])))] if of <= epoch else []


def check_epoch(folder, trusted, prunings):
    """The exit code of one epoch, and the numbers of the bundles that are not there with the index behind each."""
    note = read(folder, "checkpoint").decode()
    origin, size, root = signed_head(note, trusted, read_keys(os.path.join(folder, "keys")))
    tree, missing, epoch = Tree(), [], int(os.path.basename(folder))
    for n in range((size + 255) // 256):
        count = min(256, size - n * 256)
        entries = widest(os.path.join(folder, "tile", "entries"), n, count, split_entries)
        if entries is None:
            missing.append((n, n * 256 + count))
            hashes = widest(os.path.join(folder, "tile", "0"), n, count, split_hashes)
        else:
            hashes = [leaf_hash(e) for e in entries]
            prunings += [p for e in entries for p in pruning(e, epoch)]
        if hashes is None:
            print("%s: neither entries nor hashes from index %d on" % (origin, n * 256))
            return 1, missing
        for h in hashes:
            tree.add(h)
    good = tree.root() == root
    print("%s: %d entries, root %s" % (origin, size, "is the signed one" if good else "is NOT the signed one"))
    return (0 if good else 1), missing


def check_missing(epoch, missing, prunings):
    """Whether a record says of all that is not there that it was pruned; the newest record of an epoch counts."""
    minimum, kept = 0, set()
    for of, to, but in prunings:
        if of == epoch and to >= minimum:
            minimum, kept = to, but
    pruned = [m for m in missing if m[1] <= minimum and m[0] not in kept]
    if pruned:
        print("epoch %d: %d bundles of entries were pruned, with a record of it" % (epoch, len(pruned)))
    if len(pruned) < len(missing):
        print("epoch %d: %d bundles of entries are gone and no pruning accounts for it" % (epoch, len(missing) - len(pruned)))
    return 1 if len(pruned) < len(missing) else 0


def is_only_begun(folder):
    """Whether power failed before the first signature of an epoch: nothing is there that follows from one."""
    traces = ("checkpoint", "checkpoints", "digest", "anchors", "minimum", "tile")
    return not any(os.path.exists(os.path.join(folder, each)) for each in traces)


def check_log(folder, trusted):
    epochs = sorted(int(name) for name in os.listdir(folder) if name.isdigit())
    if not epochs:
        raise ValueError("no epoch of an audit log in " + folder)
    if len(epochs) > 1 and is_only_begun(os.path.join(folder, str(epochs[-1]))):
        print("epoch %d was begun and nothing of it is signed yet" % epochs.pop())
    prunings, results = [], []
    checked = [(epoch, check_epoch(os.path.join(folder, str(epoch)), trusted, prunings)) for epoch in epochs]
    for epoch, (result, missing) in checked:
        results += [result, check_missing(epoch, missing, prunings)]
    return max(results)


def place_in_log(line):
    """Epoch, index and leaf hash that a line of a copy claims, and the entry when the line carries it."""
    if line.startswith("{"):
        copy = json.loads(line)
        if "raw_data" in copy:
            place = copy["unmapped"]["palisade"]
            return place["epoch"], place["leaf_index"], place["leaf_hash"], copy["raw_data"].encode()
        if "@timestamp" in copy:
            event = copy["event"]
            return int(copy["labels"]["palisade_epoch"]), event["sequence"], event["hash"], event["original"].encode()
        # The line is canonical JSON with the event in it byte for byte, between members of known form.
        head, tail = '{"epoch":%d,"event":' % copy["epoch"], ',"index":%d,"leaf":"' % copy["index"]
        if not line.startswith(head) or tail not in line:
            raise ValueError("not a line of an export")
        return copy["epoch"], copy["index"], copy["leaf"], line[len(head) : line.rindex(tail)].encode()
    if line.startswith("<"):
        found = re.search(r' epoch="(\d+)" idx="(\d+)" leaf="([^"]+)" ', line)
        return int(found[1]), int(found[2]), found[3], line[line.index("] {") + 2 :].encode()
    if line.startswith("CEF:"):
        found = re.search(r" cs5=([^ ]+) cs5Label=leafHash cs6=[^ ]*/(\d+) cs6Label=origin cn1=(\d+) ", line)
        return int(found[2]), int(found[3]), found[1].replace("\\=", "="), None
    # A hash that begins with a plus sign carries the apostrophe of the formula guard.
    found = re.match(r'"[^"]*",(\d+),(\d+),"\'?([^"]+)",', line)
    return int(found[1]), int(found[2]), found[3], None


def leaf_at(folder, index):
    """The leaf hash that check_epoch has proved: of the entry, or of the tile where it was pruned."""
    if not 0 <= index < int(read(folder, "checkpoint").split(b"\n")[1]):
        raise IndexError(index)
    n, at = divmod(index, 256)
    entries = widest(os.path.join(folder, "tile", "entries"), n, at + 1, split_entries)
    if entries is not None:
        return leaf_hash(entries[at])
    return widest(os.path.join(folder, "tile", "0"), n, at + 1, split_hashes)[at]


def check_copy(file, folder, trusted):
    """Every line against the tree. CSV and CEF carry no whole entry: of them only the claimed hash is checked."""
    wrong = total = 0
    result = check_log(folder, trusted)
    for number, line in enumerate(read(file).decode().split("\n"), 1):
        line = line.rstrip("\r")
        if not line or line.startswith('"origin",'):
            continue
        total += 1
        try:
            epoch, index, claimed, entry = place_in_log(line)
            leaf = leaf_at(os.path.join(folder, str(epoch)), index)
            good = strict_base64(claimed) == leaf and (entry is None or leaf_hash(entry) == leaf)
        except (ValueError, KeyError, TypeError, IndexError):
            good = False
        if not good:
            wrong += 1
            print("line %d is NOT what the log holds" % number)
    print("%d lines, %d wrong" % (total, wrong))
    return 1 if wrong else result


# --- Vectors and command line --------------------------------------------------------------------


def run_vector(v):
    kind, hexes = v["kind"], bytes.fromhex
    if kind == "root":
        tree = Tree()
        for leaf in v["leaves"]:
            tree.add(leaf_hash(hexes(leaf)))
        return tree.root() == hexes(v["root"])
    if kind == "node":
        return node_hash(hexes(v["left"]), hexes(v["right"])) == hexes(v["hash"])
    if kind == "inclusion":
        proof = [hexes(h) for h in v["proof"]]
        return check_inclusion(hexes(v["leaf"]), v["index"], v["size"], proof, hexes(v["root"]))
    if kind == "consistency":
        proof = [hexes(h) for h in v["proof"]]
        return check_consistency(v["first"], hexes(v["firstRoot"]), v["second"], hexes(v["secondRoot"]), proof)
    if kind == "ed25519":
        return check_ed25519(hexes(v["public"]), hexes(v["message"]), hexes(v["signature"]))
    try:
        if kind == "note":
            return is_signed(v["note"], Key(v["key"]))
        if kind == "checkpoint":
            parse_checkpoint(v["text"])
            return True
        if kind == "tlog-proof":
            index, proof, note = parse_proof(v["proof"])
            _, size, root = parse_checkpoint(parse_note(note)[0])
            return is_signed(note, Key(v["key"])) and check_inclusion(
                leaf_hash(v["entry"].encode()), index, size, proof, root
            )
    except (ValueError, TypeError, IndexError):
        return False
    raise ValueError("no such kind of vector: " + kind)


def check_vectors(files):
    wrong = total = 0
    for file in files:
        for vector in json.loads(read(file)):
            total += 1
            if run_vector(vector) != vector["valid"]:
                wrong += 1
                print("WRONG: %s: %s" % (file, vector["name"]))
    print("%d vectors, %d wrong" % (total, wrong))
    return 1 if wrong or not total else 0


def trusted_keys(argument):
    data = read(argument)
    lines = data.decode().splitlines() if data is not None else [argument]
    return [Key(line.strip()) for line in lines if line.strip() and not line.startswith("#")]


def main(args):
    if args[:1] == ["vectors"]:
        return check_vectors(args[1:])
    if len(args) < 4 or args[-2] != "--key":
        print(__doc__)
        return 64
    command, paths, trusted = args[0], args[1:-2], trusted_keys(args[-1])
    if command == "log":
        return check_log(paths[0], trusted)
    if command == "copy":
        return check_copy(paths[0], paths[1], trusted)
    if command == "checkpoint":
        print("%s at %d is signed" % signed_head(read(paths[0]).decode(), trusted)[:2])
        return 0
    if command == "proof":
        index, proof, note = parse_proof(read(paths[0]).decode())
        origin, size, root = signed_head(note, trusted)
        entry = read(paths[1])
        entry = entry[:-1] if entry.endswith(b"\n") else entry
        good = check_inclusion(leaf_hash(entry), index, size, proof, root)
        print("%s: the entry %s at index %d" % (origin, "stands" if good else "does NOT stand", index))
        return 0 if good else 1
    if command == "consistency":
        old, new = (signed_head(read(path).decode(), trusted) for path in paths[:2])
        proof = [strict_base64(line) for line in read(paths[2]).decode().split()]
        good = old[0] == new[0] and check_consistency(old[1], old[2], new[1], new[2], proof)
        print("%d %s %d" % (new[1], "continues" if good else "does NOT continue", old[1]))
        return 0 if good else 1
    print(__doc__)
    return 64


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except BadSignature as e:
        print(e)
        sys.exit(1)
    except (ValueError, AttributeError, OSError, KeyError, TypeError) as e:
        print("cannot be read: %s" % e)
        sys.exit(3)
