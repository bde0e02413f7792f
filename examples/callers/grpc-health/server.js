// A server of Node's grpc-js that tells its health and its services: `server.js PORT [SERVICE=STATUS…]`.

const { Server, ServerCredentials } = require("@grpc/grpc-js");
const { loadSync } = require("@grpc/proto-loader");
const { ReflectionService } = require("@grpc/reflection");
const { HealthImplementation, protoPath } = require("grpc-health-check");

const [port, ...statuses] = process.argv.slice(2);
const server = new Server();
new HealthImplementation(Object.fromEntries(statuses.map((pair) => pair.split("=")))).addToServer(server);
new ReflectionService(loadSync(protoPath)).addToServer(server);
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
