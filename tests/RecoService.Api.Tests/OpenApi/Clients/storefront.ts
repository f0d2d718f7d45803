// A storefront's backend against the generated types: no cast, no `any`, no `!`. The test compiles it strictly and runs it against a service.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { readonly argv: readonly string[] };

type Problem = components["schemas"]["ProblemDetails"];

const [, , address, key] = process.argv;
if (address === undefined || key === undefined) {
  throw new Error("usage: storefront.js ADDRESS KEY");
}

const client = createClient<paths>({ baseUrl: address, headers: { "X-Api-Key": key } });

function explain(problem: Problem): string {
  const fields = Object.entries(problem.errors ?? {}).map(([field, reasons]) => `${field}: ${reasons.join("; ")}`);
  return `${problem.status} ${problem.title} ${fields.join(", ")}`;
}

const list = await client.GET("/recommendations/{userId}", { params: { path: { userId: "user-0001" }, query: { limit: 3 } } });
if (list.error !== undefined) {
  throw new Error(explain(list.error));
}
const shown: string[] = list.data.items.map((item) => `${item.itemId} ${item.score.toFixed(3)} ${item.source}`);
const version: number | null = list.data.modelVersion;

const appended = await client.POST("/interactions", {
  body: [{ userId: "user-0001", itemId: "item-0007", kind: "click", recommendationId: list.data.recommendationId }],
});
if (appended.error !== undefined) {
  throw new Error(explain(appended.error));
}
const accepted: number = appended.data.accepted;

const item = await client.PUT("/items/{itemId}", {
  params: { path: { itemId: "typed-chair" } },
  body: { title: "Typed chair", price: 89.9, currency: "EUR", categories: ["Furniture"], attributes: { colour: "natural" } },
});
if (item.error !== undefined) {
  throw new Error(explain(item.error));
}

const run = await client.GET("/admin/runs", { params: { query: { limit: 1 } } });
if (run.error !== undefined) {
  throw new Error(explain(run.error));
}
const ndcg: number | undefined = run.data.items[0]?.metrics?.candidate?.ndcg;
const options: string[] = Object.keys(run.data.items[0]?.options ?? {});

const status = await client.GET("/admin/status");
const users: number | undefined = status.data?.counts?.users;

const refused = await client.POST("/interactions", { body: [{ userId: "user-0001", itemId: "item-0007", kind: "no-such-kind" }] });
const fields: string[] = refused.error === undefined ? [] : Object.keys(refused.error.errors ?? {});

console.log(JSON.stringify({ shown: shown.length, version, accepted, title: "items", ndcg, options, users, fields }));
