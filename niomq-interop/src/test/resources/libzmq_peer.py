"""A libzmq peer for tests, driven by lines.

Reads one command a line on standard input and answers each with one line on standard output:
"ok ...", "none ..." (nothing came, or it could not be sent, in the time given) or "error ...".
Ends when standard input ends. A message is written as its frames in hexadecimal, separated by
commas; an empty frame is "-". Every wait has a bound, given in milliseconds.
"""

import hashlib
import sys

import zmq
from zmq.auth.thread import ThreadAuthenticator
from zmq.utils.monitor import parse_monitor_message

WAIT = 20000
TABLE = bytes(((k * 31) ^ (k >> 7)) & 0xFF for k in range(65536 + 256))

EVENTS = {
    getattr(zmq, name): name[len("EVENT_"):]
    for name in dir(zmq)
    if name.startswith("EVENT_") and not name.startswith("EVENT_ALL")
}

context = None
authenticator = None
sockets = {}
monitors = {}


def encode(frames):
    return ",".join(f.hex() if f else "-" for f in frames)


def decode(text):
    return [b"" if f == "-" else bytes.fromhex(f) for f in text.split(",")]


def body(number, size):
    """The generated message of that number: the number in 8 octets, then a stretch of TABLE."""
    start = number & 0xFF
    return number.to_bytes(8, "big") + TABLE[start:start + size - 8]


def blob(size):
    """A large generated frame: TABLE, again and again."""
    return (TABLE * (size // len(TABLE) + 1))[:size]


def value(text):
    return bytes.fromhex(text[1:]) if text.startswith("x") else int(text)


def receive(socket, millis):
    """The next message, or None."""
    return socket.recv_multipart() if socket.poll(int(millis), zmq.POLLIN) else None


def new_socket(name, kind, *options):
    socket = context.socket(getattr(zmq, kind))
    sockets[name] = socket
    socket.linger = 0
    socket.sndtimeo = WAIT
    socket.rcvtimeo = WAIT
    for option in options:
        key, text = option.split("=")
        socket.setsockopt(getattr(zmq, key), value(text))
    return "ok"


def set_option(name, option, text):
    number = int(option) if option.isdigit() else getattr(zmq, option)
    sockets[name].setsockopt(number, value(text))
    return "ok"


def bind(name, endpoint):
    sockets[name].bind(endpoint)
    return "ok " + sockets[name].getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode()


def connect(name, endpoint):
    sockets[name].connect(endpoint)
    return "ok"


def poke(name):
    """Lets libzmq process its commands, as any call into the socket does."""
    return "ok %d" % sockets[name].getsockopt(zmq.EVENTS)


def send(name, message):
    sockets[name].send_multipart(decode(message))
    return "ok"


def try_send(name, message):
    try:
        sockets[name].send_multipart(decode(message), zmq.DONTWAIT)
        return "ok"
    except zmq.ZMQError as e:
        return "none %d" % e.errno


def recv(name, millis):
    message = receive(sockets[name], millis)
    return "none" if message is None else "ok " + encode(message)


def recv_properties(name, millis, *properties):
    """Receives a message; answers with the properties of its last frame, each name=octets."""
    if not sockets[name].poll(int(millis), zmq.POLLIN):
        return "none"
    frame = sockets[name].recv_multipart(copy=False)[-1]
    found = []
    for p in properties:
        try:
            text = frame.get(p)
            found.append("%s=%s" % (p, text))
        except zmq.ZMQError:
            found.append("%s=(none)" % p)
    return "ok " + " ".join(found)


def send_blob(name, size):
    sockets[name].send(blob(int(size)))
    return "ok"


def recv_digest(name, millis):
    """The size and SHA-256 of the last frame of the next message."""
    message = receive(sockets[name], millis)
    if message is None:
        return "none"
    return "ok %d %s" % (len(message[-1]), hashlib.sha256(message[-1]).hexdigest())


def send_numbered(name, first, count, size, *prefix):
    socket = sockets[name]
    head = decode(prefix[0]) if prefix else []
    for number in range(int(first), int(first) + int(count)):
        socket.send_multipart(head + [body(number, int(size))])
    return "ok"


def recv_numbered(name, first, count, size, skip):
    """Checks number, order and content; `skip` leading frames are not looked at."""
    socket = sockets[name]
    for number in range(int(first), int(first) + int(count)):
        message = socket.recv_multipart()
        if message[int(skip):] != [body(number, int(size))]:
            return "error instead of message %d came %s" % (number, encode(message)[:200])
    return "ok"


def echo(name, count):
    """Sends each message back as it came."""
    socket = sockets[name]
    for _ in range(int(count)):
        socket.send_multipart(socket.recv_multipart())
    return "ok"


def proxy(frontend, backend, control):
    """Runs until it is terminated through its control socket."""
    zmq.proxy_steerable(sockets[frontend], sockets[backend], None, sockets[control])
    return "ok"


def monitor(name):
    monitors[name] = sockets[name].get_monitor_socket()
    return "ok"


def authenticate(kind, *arguments):
    """Starts a ZAP handler: "plain user=password ..." or "curve Z85-key ...", for all domains."""
    global authenticator
    authenticator = ThreadAuthenticator(context)
    authenticator.start()
    if kind == "plain":
        authenticator.configure_plain(domain="*", passwords=dict(a.split("=") for a in arguments))
    else:
        keys = set(a.encode() for a in arguments)
        authenticator.configure_curve_callback(domain="*", credentials_provider=Keys(keys))
    return "ok"


class Keys:
    """Lets in who has one of these public keys."""

    def __init__(self, keys):
        self.keys = keys

    def callback(self, domain, key):
        return key in self.keys


def event(name, wanted, millis):
    """Waits for an event, passing over others; answers with its value."""
    number = getattr(zmq, "EVENT_" + wanted)
    while monitors[name].poll(int(millis)):
        found = parse_monitor_message(monitors[name].recv_multipart())
        if found["event"] == number:
            return "ok %d" % found["value"]
    return "none"


def told(name, wanted, millis):
    """All events up to one of the name `wanted`: name, value and address of each."""
    found = []
    while monitors[name].poll(int(millis)):
        one = parse_monitor_message(monitors[name].recv_multipart())
        kind = EVENTS[one["event"]]
        found.append("%s %d %s" % (kind, one["value"], one["endpoint"].decode()))
        if kind == wanted:
            return "ok " + ";".join(found)
    return "error no event %s; came %s" % (wanted, found)


def unbind(name, endpoint):
    sockets[name].unbind(endpoint)
    return "ok"


def disconnect(name, endpoint):
    sockets[name].disconnect(endpoint)
    return "ok"


CALLS = {
    "bind": lambda socket, endpoint: socket.bind(endpoint),
    "connect": lambda socket, endpoint: socket.connect(endpoint),
    "unbind": lambda socket, endpoint: socket.unbind(endpoint),
    "disconnect": lambda socket, endpoint: socket.disconnect(endpoint),
    "monitor": lambda socket, endpoint, events: socket.monitor(endpoint, int(events)),
    "send": lambda socket, text: socket.send(text.encode(), zmq.DONTWAIT),
    "send-more": lambda socket, text: socket.send(text.encode(), zmq.DONTWAIT | zmq.SNDMORE),
    "recv": lambda socket: socket.recv(zmq.DONTWAIT),
    "set": lambda socket, option, number: socket.setsockopt(int(option), int(number)),
    "set-octets": lambda socket, option, text: socket.setsockopt(int(option), text.encode()),
    "set-long": lambda socket, option, number: socket.set(int(option), int(number)),
    "get": lambda socket, option: socket.getsockopt(int(option)),
}


def errno(name, call, *arguments):
    """The error number of a call, 0 for none; its arguments are in hexadecimal, "-" is empty."""
    texts = ["" if a == "-" else bytes.fromhex(a).decode() for a in arguments]
    try:
        CALLS[call](sockets[name], *texts)
        return "ok 0"
    except zmq.ZMQError as e:
        return "ok %d" % e.errno


def send_now(socket, frames):
    socket.send_multipart(decode(frames), zmq.DONTWAIT)
    return "done"


def option(socket, number, text):
    socket.setsockopt(int(number), value(text))
    return "done"


def drain(socket):
    found = []
    try:
        while True:
            found.append(encode(socket.recv_multipart(zmq.DONTWAIT)))
    except zmq.Again:
        return " ".join(found)


def done(call):
    def answer_of(socket, *arguments):
        call(socket, *arguments)
        return "done"
    return answer_of


OUTCOMES = {
    "set": option,
    "get": lambda socket, number: str(socket.getsockopt(int(number))),
    "bind": done(lambda socket, endpoint: socket.bind(endpoint)),
    "connect": done(lambda socket, endpoint: socket.connect(endpoint)),
    "unbind": done(lambda socket, endpoint: socket.unbind(endpoint)),
    "disconnect": done(lambda socket, endpoint: socket.disconnect(endpoint)),
    "close": done(lambda socket: socket.close(linger=0)),
    "send": send_now,
    "recv": lambda socket: encode(socket.recv_multipart(zmq.DONTWAIT)),
    "drain": drain,
    "last-endpoint": lambda socket: socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode(),
}


def outcome(name, call, *arguments):
    """What a call that does not wait gives: its result, or the error number after an "E"."""
    try:
        return "ok " + OUTCOMES[call](sockets[name], *arguments)
    except zmq.ZMQError as e:
        return "ok E%d" % e.errno


def readiness():
    """Lets all sockets process their commands until none is left; gives the events of each."""
    for _ in range(4):
        events = ["-" if s.closed else str(s.getsockopt(zmq.EVENTS)) for s in sockets.values()]
    return "ok " + " ".join(events)


def close(name, linger):
    sockets.pop(name).close(linger=int(linger))
    return "ok"


def reset():
    """Drops everything, so that the next test begins afresh."""
    global context, authenticator
    if authenticator is not None:
        authenticator.stop()
        authenticator = None
    for name, listener in monitors.items():
        if name in sockets:
            sockets[name].disable_monitor()
        listener.close(linger=0)
    for socket in sockets.values():
        socket.close(linger=0)
    monitors.clear()
    sockets.clear()
    if context is not None:
        context.term()
    context = zmq.Context()
    return "ok"


COMMANDS = {
    "socket": new_socket,
    "set": set_option,
    "bind": bind,
    "connect": connect,
    "poke": poke,
    "send": send,
    "try-send": try_send,
    "recv": recv,
    "recv-properties": recv_properties,
    "send-blob": send_blob,
    "recv-digest": recv_digest,
    "send-numbered": send_numbered,
    "recv-numbered": recv_numbered,
    "echo": echo,
    "proxy": proxy,
    "monitor": monitor,
    "authenticate": authenticate,
    "errno": errno,
    "outcome": outcome,
    "readiness": readiness,
    "event": event,
    "told": told,
    "unbind": unbind,
    "disconnect": disconnect,
    "close": close,
    "reset": reset,
}


def answer(line):
    words = line.split()
    try:
        return COMMANDS[words[0]](*words[1:])
    except Exception as e:  # the test decides what a failure means
        return "error %s: %s" % (type(e).__name__, str(e).replace("\n", " "))


def main():
    reset()
    print("ready libzmq %s" % zmq.zmq_version(), flush=True)
    for line in sys.stdin:
        print(answer(line), flush=True)
    context.destroy(linger=0)


main()
