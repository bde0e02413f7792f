"""A server of Python's grpcio that speaks TLS and reflection: `server.py PORT FOLDER [known]`.

FOLDER has `server.pem`, `server.key` and `ca.pem`; with `known`, clients need a certificate that this has signed.
"""

import sys
from concurrent import futures
from pathlib import Path

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection


def main():
    port, folder, *known = sys.argv[1:]
    read = lambda name: (Path(folder) / name).read_bytes()
    credentials = grpc.ssl_server_credentials(
        [(read("server.key"), read("server.pem"))],
        root_certificates=read("ca.pem") if known else None,
        require_client_auth=bool(known),
    )
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    name = health_pb2.DESCRIPTOR.services_by_name["Health"].full_name
    reflection.enable_server_reflection([name, reflection.SERVICE_NAME], server)
    server.add_secure_port(f"127.0.0.1:{port}", credentials)
    server.start()
    server.wait_for_termination()


main()
