"""Rewriter of the gateway that never returns where it is asked for `/endless`."""

import wit_world


class WitWorld(wit_world.WitWorld):
    def rewrite(self, request, client):
        while request.path == "/endless":
            pass
        return request
