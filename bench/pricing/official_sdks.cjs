// Times the official SDKs on golden states. Reads {folder, cases: {type: [id, ...]}, seconds} from stdin; writes to
// stdout {type: {package, amounts: {id: amount out}, microseconds: {function: a quote}} or {error}}.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const states = require("./sdk_states.cjs");

const SDKS = {
  raydium_amm_v4: ["@raydium-io/raydium-sdk-v2", states.raydiumAmmV4, { call: "computeAmountOut" }],
  raydium_cpmm: ["@raydium-io/raydium-sdk-v2", states.raydiumCpmm, { call: "computeSwapAmount", core: "swapBaseInput" }],
  raydium_clmm: ["@raydium-io/raydium-sdk-v2", states.raydiumClmm, { call: "computeAmountOut", core: "swapInternal" }],
  meteora_dlmm: ["@meteora-ag/dlmm", states.meteoraDlmm, { call: "swapQuote" }],
  meteora_damm_v2: [
    "@meteora-ag/cp-amm-sdk", states.meteoraDammV2,
    { call: "swapQuoteExactInput", core: "getSwapResultFromExactInput" },
  ],
};

// The best round over all states, so that compilation and collection count for neither side.
function microseconds(quotes, seconds) {
  let best = Infinity;
  const end = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9));
  while (process.hrtime.bigint() < end) {
    const start = process.hrtime.bigint();
    for (const quote of quotes) quote();
    best = Math.min(best, Number(process.hrtime.bigint() - start));
  }
  return best / 1e3 / quotes.length;
}

async function measure(type, ids, folder, seconds) {
  const [name, prepare, functions] = SDKS[type];
  const { version } = JSON.parse(fs.readFileSync(path.join(__dirname, "node_modules", name, "package.json")));
  const quotesOf = await prepare();
  const wanted = new Set(ids);
  const document = JSON.parse(fs.readFileSync(path.join(folder, `${type}.json`)));
  const cases = document.cases.filter((c) => wanted.has(c.id)).map((c) => [c.id, quotesOf(c)]);
  const found = { package: `${name} ${version}`, microseconds: {} };
  for (const [kind, called] of Object.entries(functions)) {
    found.microseconds[called] = microseconds(cases.map(([, quotes]) => quotes[kind]), seconds);
  }
  found.amounts = Object.fromEntries(cases.map(([id, quotes]) => [id, quotes.call().toString()]));
  return found;
}

async function main() {
  const { folder, cases, seconds } = JSON.parse(fs.readFileSync(0));
  const found = {};
  for (const [type, ids] of Object.entries(cases)) {
    try {
      found[type] = await measure(type, ids, folder, seconds);
    } catch (error) {
      found[type] = { error: `${error.name}: ${error.message}`.slice(0, 300) };
    }
  }
  process.stdout.write(JSON.stringify(found), () => process.exit(0));
}

main();
