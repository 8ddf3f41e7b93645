// The same answer from Node's own http server, with rows and key hashes in memory: the least that a Node service does.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const { keys, tokens } = JSON.parse(readFileSync(process.env.ROWS, "utf8"));

createServer((request, response) => {
  const key = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  const name = /^\/v1\/channels\/([^/]+)\/token$/.exec(request.url)?.[1];
  const row = tokens[name];
  if (!keys.includes(createHash("sha256").update(key).digest("hex")) || !row) {
    response.writeHead(401).end();
    return;
  }
  const body = JSON.stringify(row);
  response.writeHead(200, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store", ETag: `"${row.version}"` });
  response.end(body);
}).listen(Number(process.env.PORT), "127.0.0.1");
