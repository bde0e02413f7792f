"""Rewriter `strip-prefix` of the gateway in Python: rewrites what the one in Rust does, in the same way."""

from dataclasses import replace

import wit_world
from wit_world.imports.types import Header

# What paths of this API begin with.
PREFIX = "/v1/"

# What the upstream is told about the client in; a client may not say it itself.
CLIENT = "x-client"


class WitWorld(wit_world.WitWorld):
    def rewrite(self, request, client):
        headers = [header for header in request.headers if not is_replaced(header)]
        headers.append(Header(name=CLIENT, value=client.encode()))
        return replace(request, path=without_version(request.path), headers=headers)


def is_replaced(header):
    return header.name in ("authorization", CLIENT)


def without_version(path):
    return "/" + path[len(PREFIX) :] if path.startswith(PREFIX) else path
