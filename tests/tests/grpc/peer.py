"""The service `Values` on Python's grpcio: `peer.py PORT DESCRIPTORS`."""

import sys
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

CODES = {code.value[0]: code for code in grpc.StatusCode}


def serve_values(server, path):
    """The service `Values`, from descriptors alone: protobuf's own code reads and writes."""
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)
    service = pool.FindServiceByName("test.values.v1.Values")
    of = {
        method.name: (
            message_factory.GetMessageClass(method.input_type),
            message_factory.GetMessageClass(method.output_type),
        )
        for method in service.methods
    }

    def count(request, _):
        for number in range(request.many):
            yield of["Count"][1](number=getattr(request, "from") + number)

    def fail(request, context):
        if request.code == 0:
            return of["Fail"][1]()
        context.abort(CODES[request.code], request.message)

    unary = {
        "Echo": lambda request, _: request,
        "Add": lambda request, _: of["Add"][1](sum=request.a + request.b),
        "Fail": fail,
        "Fill": lambda request, _: of["Fill"][1](filled=bytes(request.bytes)),
        "Ping": lambda _request, _: of["Ping"][1](),
    }
    handlers = {
        name: grpc.unary_unary_rpc_method_handler(
            does,
            request_deserializer=of[name][0].FromString,
            response_serializer=of[name][1].SerializeToString,
        )
        for name, does in unary.items()
    }
    handlers["Count"] = grpc.unary_stream_rpc_method_handler(
        count,
        request_deserializer=of["Count"][0].FromString,
        response_serializer=of["Count"][1].SerializeToString,
    )
    handler = grpc.method_handlers_generic_handler(service.full_name, handlers)
    server.add_generic_rpc_handlers((handler,))


def main():
    port, path = sys.argv[1:]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    serve_values(server, path)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    server.wait_for_termination()


main()
