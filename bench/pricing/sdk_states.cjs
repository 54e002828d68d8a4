// Golden states as the official SDKs take them. Each function returns one from a case to its quotes: `call` is what
// an application calls, `core` the arithmetic within it where the SDK exports that.
"use strict";

const BN = require("bn.js");
const Decimal = require("decimal.js");
const { PublicKey, Connection } = require("@solana/web3.js");

const NOW = 1_760_000_000;
const bn = (value) => new BN(value);
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const numbers = (record, names) => Object.fromEntries(names.map((name) => [camel(name), Number(record[name])]));
const address = (n) => new PublicKey(new BN(n + 1000).toArrayLike(Buffer, "le", 32));
const [MINT_A, MINT_B] = [address(1), address(2)];

async function raydiumAmmV4() {
  const raydium = await offlineRaydium();
  return (c) => {
    const poolInfo = {
      mintA: { address: MINT_A.toBase58(), decimals: Number(c.state.coin_decimals) },
      mintB: { address: MINT_B.toBase58(), decimals: Number(c.state.pc_decimals) },
      baseReserve: bn(c.state.coin_vault).sub(bn(c.state.need_take_pnl_coin)),
      quoteReserve: bn(c.state.pc_vault).sub(bn(c.state.need_take_pnl_pc)),
      version: 4,
    };
    const [mintIn, mintOut] = c.input.direction === "coin2pc" ? [MINT_A, MINT_B] : [MINT_B, MINT_A];
    const given = { poolInfo, amountIn: bn(c.input.amount_in), mintIn, mintOut, slippage: 0.01 };
    return { call: () => raydium.liquidity.computeAmountOut(given).amountOut };
  };
}

async function raydiumCpmm() {
  const { CurveCalculator } = require("@raydium-io/raydium-sdk-v2");
  const raydium = await offlineRaydium();
  return ({ state: s, input }) => {
    const reserve = (n) =>
      ["protocol_fees", "fund_fees", "creator_fees"].reduce((left, name) => left.sub(bn(s[`${name}_${n}`])), bn(s[`vault_${n}`]));
    const [baseReserve, quoteReserve] = [reserve(0), reserve(1)];
    const zeroForOne = input.direction === "zero_for_one";
    const reserves = zeroForOne ? [baseReserve, quoteReserve] : [quoteReserve, baseReserve];
    const names = ["trade_fee_rate", "creator_fee_rate", "protocol_fee_rate", "fund_fee_rate"];
    const configInfo = Object.fromEntries(names.map((name) => [camel(name), bn(s[name])]));
    if (s.enable_creator_fee === "0") configInfo.creatorFeeRate = bn(0);
    const pool = {
      mintA: { address: MINT_A.toBase58() }, mintB: { address: MINT_B.toBase58() }, baseReserve, quoteReserve, configInfo,
      feeOn: 0, poolPrice: new Decimal(quoteReserve.toString()).div(baseReserve.toString()),
    };
    const amountIn = bn(input.amount_in);
    const given = { pool, amountIn, outputMint: zeroForOne ? MINT_B : MINT_A, slippage: 0.01 };
    const rates = Object.values(configInfo);
    return {
      call: () => raydium.cpmm.computeSwapAmount(given).amountOut,
      core: () => CurveCalculator.swapBaseInput(amountIn, ...reserves, ...rates, true).outputAmount,
    };
  };
}

async function offlineRaydium() {
  const { Raydium } = require("@raydium-io/raydium-sdk-v2");
  const connection = new Connection("http://localhost:1");
  return Raydium.load({ connection, disableFeatureCheck: true, disableLoadToken: true });
}

// The call also derives the addresses of two more tick arrays, which the core leaves out.
function raydiumClmm() {
  const { swapInternal, PoolUtils } = require("@raydium-io/raydium-sdk-v2");
  const noDynamicFee = {
    filterPeriod: 0, decayPeriod: 0, reductionFactor: 0, dynamicFeeControl: 0, maxVolatilityAccumulator: 0,
    tickSpacingIndexReference: 0, volatilityReference: 0, volatilityAccumulator: 0, lastUpdateTimestamp: bn(0),
  };
  return ({ state: s, input }) => {
    const zeroForOne = input.direction === "zero_for_one";
    const tickSpacing = Number(s.tick_spacing);
    const tickCurrent = Number(s.tick_current);
    const span = 60 * tickSpacing;
    const starts = [...new Set(s.ticks.map((t) => Math.floor(Number(t.tick) / span) * span))];
    const here = Math.floor(tickCurrent / span) * span;
    const ahead = starts.filter((start) => (zeroForOne ? start <= here : start >= here));
    ahead.sort((a, b) => (zeroForOne ? b - a : a - b));
    const tickArrays = ahead.map((start, n) => ({ address: address(n), value: clmmTickArray(s.ticks, start, tickSpacing) }));
    const poolInfo = {
      tickSpacing, tickCurrent, liquidity: bn(s.liquidity), sqrtPriceX64: bn(s.sqrt_price_x64), feeOn: Number(s.fee_on),
      feeGrowthGlobalX64A: bn(0), feeGrowthGlobalX64B: bn(0), dynamicFeeInfo: noDynamicFee,
      tickArrayBitmap: bitmap(starts.map((start) => start / span + 512), 128),
    };
    const ammConfig = numbers(s, ["trade_fee_rate", "protocol_fee_rate", "fund_fee_rate"]);
    const tickarrayBitmapExtension = clmmExtension(starts.map((start) => start / span));
    const [programId, poolId, amountIn] = [address(0), address(1), bn(input.amount_in)];
    const core = {
      programId, poolId, tickArrays, tickarrayBitmapExtension, poolInfo, configInfo: ammConfig, amountSpecified: amountIn,
      sqrtPriceLimitX64: bn(0), zeroForOne, isBaseInput: true, blockTimestamp: NOW, includeExtraTickArrays: false,
    };
    const price = new Decimal(s.sqrt_price_x64).div(new Decimal(2).pow(64)).pow(2);
    const call = {
      poolInfo: {
        programId, id: poolId, accInfo: poolInfo, ammConfig, currentPrice: price,
        mintA: { address: MINT_A.toBase58(), decimals: 0, extensions: {} },
        mintB: { address: MINT_B.toBase58(), decimals: 0, extensions: {} },
      },
      tickarrayBitmapExtension, baseMint: zeroForOne ? MINT_A : MINT_B, epochInfo: { epoch: 0 }, amountIn, slippage: 0.01,
      tickArrayCache: Object.fromEntries(tickArrays.map((a) => [a.value.startTickIndex, { ...a.value, address: a.address }])),
      blockTimestamp: NOW,
    };
    return {
      call: () => PoolUtils.computeAmountOut(call).amountOut.amount,
      core: () => swapInternal(core).amountCalculated,
    };
  };
}

function bitmap(bits, size) {
  const bytes = Buffer.alloc(size);
  for (const bit of bits.filter((n) => n >= 0 && n < size * 8)) bytes[bit >> 3] |= 1 << (bit & 7);
  return bytes;
}

function clmmExtension(arrays) {
  const below = arrays.filter((n) => n < -512).map((n) => Math.floor((-n - 513) / 512) * 512 + (((n % 512) + 512) % 512));
  return {
    positiveTickArrayBitmap: bitmap(arrays.map((n) => n - 512), 896), negativeTickArrayBitmap: bitmap(below, 896),
  };
}

function clmmTickArray(ticks, startTickIndex, spacing) {
  const known = new Map(ticks.map((t) => [Number(t.tick), t]));
  const at = (index) => known.get(index) ?? { liquidity_net: 0, liquidity_gross: 0, orders_amount: 0, part_filled_orders_remaining: 0 };
  return {
    startTickIndex,
    ticks: Array.from({ length: 60 }, (_, i) => startTickIndex + i * spacing).map((index) => ({
      tick: index, liquidityNet: bn(at(index).liquidity_net), liquidityGross: bn(at(index).liquidity_gross),
      ordersAmount: bn(at(index).orders_amount), partFilledOrdersRemaining: bn(at(index).part_filled_orders_remaining),
      feeGrowthOutside0X64: bn(0), feeGrowthOutside1X64: bn(0), rewardGrowthsOutsideX64: [bn(0), bn(0), bn(0)],
      unfilledRatioX64: bn(0), orderPhase: bn(0),
    })),
  };
}

// The pair object is made without a connection.
function meteoraDlmm() {
  const DLMM = require("@meteora-ag/dlmm");
  Date.now = () => NOW * 1000; // the quote takes its time from the wall clock
  return ({ state: s, input }) => {
    const rows = new Map(s.bins.map((row) => [Number(row[0]), row]));
    const indexes = [...new Set([...rows.keys()].map((id) => Math.floor(id / 70)))].sort((a, b) => a - b);
    const pair = Object.create(DLMM.prototype);
    const mint = { address: MINT_A, tlvData: Buffer.alloc(0) };
    Object.assign(pair, {
      tokenX: { mint }, tokenY: { mint }, clock: { epoch: bn(0) },
      lbPair: dlmmPair(s, indexes),
      binArrayBitmapExtension: dlmmExtension(indexes),
    });
    const binArrays = indexes.map((index) => ({
      publicKey: address(index + 10_000),
      account: { index: bn(index), bins: Array.from({ length: 70 }, (_, i) => dlmmBin(rows.get(index * 70 + i))) },
    }));
    const [amountIn, slippage] = [bn(input.amount_in), bn(100)];
    return { call: () => pair.swapQuote(amountIn, input.swap_for_y, slippage, binArrays).outAmount };
  };
}

function dlmmPair(s, indexes) {
  const bits = (word) => indexes.filter((n) => n >= -512 && n < 512 && Math.floor((n + 512) / 64) === word);
  const none = PublicKey.default;
  return {
    activeId: Number(s.active_id), binStep: Number(s.bin_step),
    parameters: Object.fromEntries(
      ["base_factor", "base_fee_power_factor", "filter_period", "decay_period", "reduction_factor", "variable_fee_control",
        "max_volatility_accumulator", "protocol_share", "function_type", "collect_fee_mode"].map((name) => [camel(name), Number(s[name])]),
    ),
    vParameters: {
      ...Object.fromEntries(["volatility_accumulator", "volatility_reference", "index_reference"].map((name) => [camel(name), Number(s[name])])),
      lastUpdateTimestamp: bn(s.last_update_timestamp),
    },
    binArrayBitmap: Array.from({ length: 16 }, (_, word) => bits(word).reduce((sum, n) => sum.or(bn(1).shln((n + 512) % 64)), bn(0))),
    rewardInfos: [{ mint: none }, { mint: none }],
  };
}

function dlmmExtension(indexes) {
  const words = (numbers) =>
    Array.from({ length: 12 }, (_, block) => Array.from({ length: 8 }, (_, word) =>
      numbers.filter((n) => Math.floor(n / 64) === block * 8 + word).reduce((sum, n) => sum.or(bn(1).shln(n % 64)), bn(0))));
  const [above, below] = [indexes.filter((n) => n >= 512).map((n) => n - 512), indexes.filter((n) => n < -512).map((n) => -n - 513)];
  return { account: { positiveBinArrayBitmap: words(above), negativeBinArrayBitmap: words(below) } };
}

function dlmmBin(row) {
  const [, x, y, price, open, processed, askSide] = row ?? [0, 0, 0, 0, 0, 0, 0];
  return {
    amountX: bn(x), amountY: bn(y), price: bn(price), liquiditySupply: bn(0), openOrderAmount: bn(open),
    processedOrderRemainingAmount: bn(processed), limitOrderAskSide: Number(askSide),
  };
}

function meteoraDammV2() {
  const { swapQuoteExactInput, getSwapResultFromExactInput, getFeeMode } = require("@meteora-ag/cp-amm-sdk");
  return ({ state: s, input, base_fee_data_hex: hex }) => {
    const big = (names, record) => Object.fromEntries(names.map((name) => [camel(name), bn(record[name])]));
    const d = s.dynamic_fee;
    const dynamicFee = d
      ? {
          initialized: 1,
          ...numbers(d, ["bin_step", "filter_period", "decay_period", "reduction_factor", "max_volatility_accumulator", "variable_fee_control"]),
          binStep: Number(d.bin_step), variableFeeControl: Number(d.variable_fee_control),
          ...big(["last_update_timestamp", "bin_step_u128", "sqrt_price_reference", "volatility_accumulator", "volatility_reference"], d),
        }
      : { initialized: 0, volatilityAccumulator: bn(0), binStep: 0, variableFeeControl: 0 };
    const pool = {
      poolFees: {
        baseFee: { baseFeeInfo: { data: [...Buffer.from(hex, "hex")] } }, dynamicFee, initSqrtPrice: bn(s.init_sqrt_price),
        ...Object.fromEntries(["protocol_fee_percent", "referral_fee_percent", "compounding_fee_bps"].map((n) => [camel(n), Number(s[n])])),
      },
      ...big(["liquidity", "sqrt_min_price", "sqrt_max_price", "sqrt_price", "activation_point", "token_a_amount", "token_b_amount"], s),
      poolStatus: 0, activationType: 1, collectFeeMode: Number(s.collect_fee_mode), feeVersion: Number(s.fee_version), layoutVersion: 1,
    };
    const [point, amountIn, direction] = [bn(input.current_point), bn(input.amount_in), input.a_to_b ? 0 : 1];
    const decimals = [Number(s.decimals_a), Number(s.decimals_b)];
    const feeMode = getFeeMode(pool.collectFeeMode, direction, false);
    return {
      call: () => swapQuoteExactInput(pool, point, amountIn, 1, input.a_to_b, false, ...decimals).outputAmount,
      core: () => getSwapResultFromExactInput(pool, amountIn, feeMode, direction, point).outputAmount,
    };
  };
}

module.exports = { raydiumAmmV4, raydiumCpmm, raydiumClmm, meteoraDlmm, meteoraDammV2 };
