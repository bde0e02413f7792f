"""A server of the protocol that does what a test tells it, well or badly."""

import itertools
import json
import os
import sys
import threading
import time

MODE = os.environ.get("MODE", "")
LOG = os.environ.get("LOG")
TOOLS = json.loads(os.environ.get("TOOLS", "[]"))
lock = threading.Lock()
SAMPLE = {"maxTokens": 1, "messages": [{"role": "user", "content": {"type": "text", "text": "hi"}}]}


def write(text):
    with lock:
        sys.stdout.write(text)
        sys.stdout.flush()


def send(**message):
    write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")


def note(text):
    if LOG:
        with open(LOG, "a") as log:
            log.write(text + "\n")


def forever(text):
    while True:
        write(text)
        # Whoever answers may want the lock.
        time.sleep(0.0005)


def text(text, **more):
    return {"content": [{"type": "text", "text": text}], **more}


def call(identity, name, arguments):
    global TOOLS
    if name not in [tool["name"] for tool in TOOLS]:
        send(id=identity, error={"code": -32602, "message": "Unknown tool: " + name})
    elif name == "say":
        send(id=identity, result=text(arguments["text"]))
    elif name == "pid":
        send(id=identity, result=text(str(os.getpid())))
    elif name == "answer":
        send(id=identity, result=json.loads(arguments["reply"]))
    elif name == "raw":
        write(arguments["text"].replace("ID", str(identity)))
        if arguments["ends"]:
            os._exit(3)
    elif name == "large":
        send(id=identity, result=text("x" * arguments["bytes"]))
    elif name == "wait":
        note("waits")
    elif name == "deaf":
        note("deaf")
        time.sleep(600)
    elif name == "rename":
        TOOLS = json.loads(arguments["tools"])
        if arguments["loud"]:
            send(method="notifications/tools/list_changed")
        send(id=identity, result=text("renamed"))


def main():
    print("a line of the standard error", file=sys.stderr, flush=True)
    note("starts %d" % os.getpid())
    note("at %f" % time.time())
    if MODE == "exit":
        print("there is no configuration", file=sys.stderr, flush=True)
        sys.exit(7)
    if MODE == "mute":
        time.sleep(600)
    if MODE == "endless":
        forever("x" * 65536)
    if MODE == "garbage":
        forever("this is no message\n")
    if MODE == "stubborn":
        import signal

        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    lists, closed = 0, False
    for line in sys.stdin:
        message = json.loads(line)
        method, identity = message.get("method"), message.get("id")
        lists += method == "tools/list"
        note(method or ("answer" if "result" in message else "refusal"))
        if method == "initialize" and MODE == "refuse":
            send(id=identity, error={"code": -32000, "message": "no more clients"})
        elif method == "initialize":
            send(
                id=identity,
                result={
                    "protocolVersion": "2025-06-18",
                    "capabilities": {"tools": {"listChanged": True}},
                    "serverInfo": {"name": "stub", "version": "1"},
                },
            )
        elif method == "tools/list" and MODE == "leaves" and lists > 1:
            os._exit(3)
        elif method == "tools/list" and MODE == "once" and lists > 1:
            pass
        elif method == "tools/call" and MODE == "closes":
            closed = closed or os.close(1) is None
        elif method == "tools/list" and MODE == "pages":
            cursor = int(message["params"].get("cursor") or 0)
            send(id=identity, result={"tools": TOOLS, "nextCursor": str(cursor + 1)})
        elif method == "tools/list":
            send(id=identity, result={"tools": TOOLS})
            if MODE == "flood":
                flood = {"jsonrpc": "2.0", "method": "notifications/message"}
                flood["params"] = {"level": "info", "data": "x" * 1000}
                line = json.dumps(flood) + "\n"
                threading.Thread(target=forever, args=(line * 50,), daemon=True).start()
            if MODE == "ask":
                for number in itertools.count():
                    if number % 1000 == 0:
                        note("asks again")
                    send(id=number, method="ping")
            if MODE == "sample":
                for number in itertools.count():
                    send(id=str(number), method="sampling/createMessage", params=SAMPLE)
            if MODE == "few":
                for number in range(40):
                    send(id="%d" % number + "x" * 100_000, method="ping")
                time.sleep(600)
            if MODE == "polite":
                for number in range(500):
                    send(id=number, method="ping")
                    send(id=str(number), method="sampling/createMessage", params=SAMPLE)
        elif method == "tools/call":
            call(identity, message["params"]["name"], message["params"].get("arguments", {}))
    if MODE == "stubborn":
        time.sleep(600)


main()
