#!/usr/bin/env python3
"""A worker that needs nothing but Python: its model says how many users two items have in common.

score(user, j) = sum over the items i of the user's history of  count(i, j) / (count(i) * count(j)) ** damping
"""
import array
import json
import os
import sys
import threading

DESCRIPTION = {
    "protocol": 1,
    "trainers": [
        {
            "name": "item-counts",
            "target": "ranking",
            "description": "How many users two items have in common.",
            "needs": ["weights"],
            "options": {
                "type": "object",
                "properties": {
                    "neighbours": {
                        "type": "integer", "default": 50, "minimum": 1, "maximum": 10000,
                        "description": "How many items each item keeps.",
                        "x-search": {"low": 10, "high": 500, "scale": "logarithmic"},
                    },
                    "damping": {
                        "type": "number", "default": 0.5, "minimum": 0, "maximum": 1,
                        "description": "How much less the pairs of popular items count; 0 not at all.",
                        "x-search": {"low": 0, "high": 1},
                    },
                    "misbehave": {
                        "type": "string", "default": "no",
                        "enum": ["no", "hang", "crash", "leak", "garbage", "bad-model", "say-error", "no-model"],
                        "description": "What goes wrong, for tests.",
                    },
                },
            },
        }
    ],
}


def report(stage, fraction):
    print(json.dumps({"stage": stage, "fraction": fraction}), flush=True)


def end_with_the_host():
    """The host holds the other end of standard input; when that closes, nobody waits for the model."""
    # Not by sys.stdin: its lock, held here, would abort the interpreter at its end.
    while os.read(0, 4096):
        pass
    os._exit(1)


def read(folder, manifest, name):
    """One array of the dataset."""
    codes = {"int32": "i", "int64": "q", "float32": "f", "uint8": "B"}
    entry = manifest["files"][name]
    values = array.array(codes[entry["type"]])
    with open(os.path.join(folder, entry["file"]), "rb") as file:
        values.fromfile(file, entry["length"])
    if manifest["byteOrder"] != sys.byteorder:
        values.byteswap()
    return values


def write(folder, name, code, values):
    with open(os.path.join(folder, name), "wb") as file:
        array.array(code, values).tofile(file)


def count_pairs(folder, manifest):
    starts = read(folder, manifest, "weight-user-starts")
    items = read(folder, manifest, "weight-items")
    weights = read(folder, manifest, "weight-values")
    users = [0] * manifest["items"]
    pairs = [{} for _ in users]
    for user in range(manifest["users"]):
        if user % 1000 == 0:
            report("counting", user / manifest["users"])
        wanted = [items[place] for place in range(starts[user], starts[user + 1]) if weights[place] > 0]
        for item in wanted:
            users[item] += 1
            row = pairs[item]
            for other in wanted:
                if other != item:
                    row[other] = row.get(other, 0) + 1
    return users, pairs


def train(folder):
    with open(os.path.join(folder, "manifest.json"), encoding="utf-8") as file:
        manifest = json.load(file)
    options = manifest["options"]
    misbehave(options["misbehave"])
    users, pairs = count_pairs(folder, manifest)
    starts, items, weights = [0], [], []
    for item, row in enumerate(pairs):
        scored = [(count / (users[item] * users[other]) ** options["damping"], other) for other, count in row.items()]
        kept = sorted(scored, key=lambda pair: (-pair[0], pair[1]))[: options["neighbours"]]
        for weight, other in sorted(kept, key=lambda pair: pair[1]):
            items.append(other)
            weights.append(weight)
        starts.append(len(items))

    model = os.path.join(folder, manifest["modelFolder"])
    if options["misbehave"] == "no-model":
        return
    if options["misbehave"] == "bad-model":
        weights = weights[:-1]
    write(model, "item-starts.i64", "q", starts)
    write(model, "items.i32", "i", items)
    write(model, "weights.f32", "f", weights)
    with open(os.path.join(model, "model.json"), "w", encoding="utf-8") as file:
        json.dump({"form": "item-weights", "historyScale": "binary"}, file)
    report("counted", 1)


def misbehave(how):
    if how == "hang":
        report("hanging", 0.5)
        threading.Event().wait()
    elif how == "crash":
        os.abort()
    elif how == "leak":
        held = []
        while True:
            held.append(bytearray(os.urandom(1)) * (8 << 20))
    elif how == "garbage":
        sys.stdout.buffer.write(b"\x00\xff\x1b[2J this is no progress\n")
        sys.stdout.flush()
        threading.Event().wait()
    elif how == "say-error":
        print(json.dumps({"error": "the matrix is singular"}), flush=True)
        sys.exit(3)


def main():
    if sys.argv[1:] == ["describe"]:
        json.dump(DESCRIPTION, sys.stdout)
    elif len(sys.argv) == 3 and sys.argv[1] == "train":
        threading.Thread(target=end_with_the_host, daemon=True).start()
        train(sys.argv[2])
    else:
        sys.exit("Usage: worker.py describe | worker.py train FOLDER")


if __name__ == "__main__":
    main()
