# The worker in workerd, once built: npx workerd serve workerd.capnp
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .worker) ],
  sockets = [ (name = "http", address = "127.0.0.1:8080", http = (), service = "main") ],
);

const worker :Workerd.Worker = (
  compatibilityDate = "2025-01-01",
  modules = [
    (name = "worker.mjs", esModule = embed "build/worker.mjs"),
    (name = "coppice/kernel.wasm", wasm = embed "build/kernel.wasm"),
    (name = "model.coppice", data = embed "build/model.coppice"),
  ],
);
