"""
Loaded through PYTHONPATH into every Python process below `ringdown run`. The SDK obeys neither proxy nor CA variables: connections to
the hosted service are made to the run's own TLS server instead, and every TLS context trusts the run's authority besides its own.
Understood by every Python 3.
"""

import json
import os
import socket
import sys

_folder = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(_folder, "run.json")) as _file:
    _run = json.load(_file)


def _is_plivo_host(host):
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.lower().rstrip(".")
    return name == _run["domain"] or name.endswith("." + _run["domain"])


def _led(port):
    """Where the connection goes instead: 80 in plain text, every other port by TLS."""
    return ("127.0.0.1", _run["port"] if str(port) in ("80", "http") else _run["tlsPort"])


def _hook_sockets():
    getaddrinfo, connect, connect_ex = socket.getaddrinfo, socket.socket.connect, socket.socket.connect_ex

    def led_getaddrinfo(host, port, *args, **named):
        if _is_plivo_host(host):
            host, port = _led(port)
        return getaddrinfo(host, port, *args, **named)

    def led_address(address):
        return _led(address[1]) if isinstance(address, tuple) and len(address) > 1 and _is_plivo_host(address[0]) else address

    socket.getaddrinfo = led_getaddrinfo
    socket.socket.connect = lambda self, address: connect(self, led_address(address))
    socket.socket.connect_ex = lambda self, address: connect_ex(self, led_address(address))


def _hook_trust():
    try:
        import ssl
    except ImportError:
        return  # this Python has no TLS
    with open(os.path.join(_folder, "authority.pem")) as file:
        authority = file.read()
    load = ssl.SSLContext.load_verify_locations

    def trusting(name):
        wrapped = getattr(ssl.SSLContext, name)

        def load_more(self, *args, **named):
            wrapped(self, *args, **named)
            load(self, cadata=authority)

        setattr(ssl.SSLContext, name, load_more)

    for name in ("load_verify_locations", "load_default_certs", "set_default_verify_paths"):
        trusting(name)


def _load_hidden():
    """The sitecustomize of the installation, which this one hides."""
    own = sys.modules.pop("sitecustomize", None)
    path = sys.path[:]
    sys.path[:] = [entry for entry in path if os.path.abspath(entry or ".") != _folder]
    try:
        import sitecustomize  # noqa: F401
    except ImportError:
        if own is not None:
            sys.modules["sitecustomize"] = own
    finally:
        sys.path[:] = path


_hook_sockets()
_hook_trust()
_load_hidden()
