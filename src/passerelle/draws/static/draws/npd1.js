/* Checks a published draw (format npd1, docs/npd1.md) on this very device: nothing is sent anywhere, nothing is fetched.
   Written apart from verify_draw.py and from the code that draws. Works on plain http: SHA-256 is its own.
   npd1.verify(mode, files, receipt) gives {code, checks: [[kind, key, ...values]], where, what}; code 0 holds, 1 differs, 2 cannot run. */
(function (scope) {
  "use strict";
  const utf8 = new TextEncoder();
  const K = [], FIRST = [];
  for (let n = 2; K.length < 64; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) if (n % d === 0) { prime = false; break; }
    if (!prime) continue;
    if (FIRST.length < 8) FIRST.push(bits(Math.sqrt(n)));
    K.push(bits(Math.cbrt(n)));
  }
  function bits(root) { return ((root - Math.floor(root)) * 4294967296) | 0; }

  function sha256(data) {
    const length = data.length, blocks = ((length + 8) >> 6) + 1, words = new Int32Array(64), state = FIRST.slice();
    const padded = new Uint8Array(blocks * 64);
    padded.set(data);
    padded[length] = 128;
    const view = new DataView(padded.buffer);
    view.setUint32(padded.length - 8, Math.floor(length / 536870912));
    view.setUint32(padded.length - 4, (length << 3) >>> 0);
    for (let start = 0; start < padded.length; start += 64) {
      for (let i = 0; i < 16; i++) words[i] = view.getInt32(start + 4 * i);
      for (let i = 16; i < 64; i++) {
        const a = words[i - 15], b = words[i - 2];
        words[i] = words[i - 16] + words[i - 7] + (turn(a, 7) ^ turn(a, 18) ^ (a >>> 3)) + (turn(b, 17) ^ turn(b, 19) ^ (b >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => { state[i] = (state[i] + word) | 0; });
    }
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, i) => out.setInt32(4 * i, word));
    return new Uint8Array(out.buffer);
  }
  function turn(word, by) { return (word >>> by) | (word << (32 - by)); }
  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  }
  function hex(data) { return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join(""); }
  function unhex(text) { return Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16)); }
  function hmac(key, text) {
    const padded = new Uint8Array(64);
    padded.set(key);
    return sha256(joined(padded.map((byte) => byte ^ 92), sha256(joined(padded.map((byte) => byte ^ 54), utf8.encode(text)))));
  }
  const GONE = /^npd1-gone\|[0-9a-f]{64}$/; // a line whose ticket and salt were erased, by its hash
  function leafHash(line) { return GONE.test(line) ? unhex(line.slice(10)) : sha256(joined([0], utf8.encode(line))); }
  function node(left, right) { return sha256(joined([1], left, right)); }
  function rootOf(lines) {
    let level = lines.map(leafHash);
    if (!level.length) return hex(sha256(new Uint8Array(0)));
    while (level.length > 1) {
      const above = [];
      for (let i = 0; i < level.length; i += 2) above.push(i + 1 < level.length ? node(level[i], level[i + 1]) : level[i]);
      level = above;
    }
    return hex(level[0]);
  }
  function rootFrom(line, index, size, path) {
    let at = index, last = size - 1, hash = leafHash(line), used = 0;
    while (last > 0) {
      if (at % 2 || at < last) {
        if (used === path.length) return "";
        const sibling = unhex(path[used++]);
        hash = at % 2 ? node(sibling, hash) : node(hash, sibling);
      }
      at = Math.floor(at / 2);
      last = Math.floor(last / 2);
    }
    return used === path.length ? hex(hash) : "";
  }

  // Everything that this may say: the page has words for each, and nothing else can be said.
  const KEYS = ["holds-notice", "holds-times", "holds-commitment", "holds-seed", "holds-seed-none", "holds-result", "holds-counts",
    "holds-leaves", "holds-pool", "holds-people", "holds-line", "holds-taken", "holds-taken-any", "holds-not-taken-places",
    "holds-not-taken-cap", "holds-not-taken-none", "holds-not-taken-left", "holds-signature", "note-void", "unchecked-drand",
    "unchecked-dice", "unchecked-none", "unchecked-chain", "unchecked-leaves", "unchecked-selection", "unchecked-undrawn",
    "unchecked-file", "unchecked-few", "unchecked-few-everybody", "unchecked-no-notice", "unchecked-signature",
    "unchecked-gone", "unchecked-held-back", "unchecked-bundle", "unchecked-announced", "holds-cutoff", "unchecked-cutoff", "holds-receipt", "unchecked-receipt",
    "holds-receipt-cutoffs", "unchecked-receipt-cutoffs", "unchecked-unsigned", "unchecked-cap", "unchecked-no-seed",
    ...["differs", "missing", "form", "not-json", "not-object", "canonical", "unknown-member", "leaf", "cells", "large", "cell-twice", "order",
      "no-chance", "notice-short", "window-short", "early-round", "no-seed", "not-everybody", "too-many", "not-taken-tie", "not-held",
      "taken-again", "band", "newline", "ticket-order", "rank-form", "equal-ranks", "ticket-or-why", "ghost", "lost", "randomness",
      "wrong-side", "zip", "key", "aim", "twice", "beside-few", "more-than-pool", "stopped", "error"].map((key) => "bad-" + key)];
  class Stop extends Error {
    constructor(code, where, key, ...values) {
      super(where + ": " + [key, ...values].join(" "));
      if (!KEYS.includes("bad-" + key)) throw new Error("no words for bad-" + key);
      Object.assign(this, { code, where, what: [key, ...values] });
    }
  }
  function need(holds, where, ...what) { if (!holds) throw new Stop(1, where, ...what); }
  function same(value, right, where) {
    const [has, must] = [written(value), written(right)];
    need(has === must, where, "differs", has.slice(0, 300), must.slice(0, 300));
  }

  // JSON as RFC 8785 writes it.
  function written(value) {
    if (value === undefined) return "";
    if (Array.isArray(value)) return "[" + value.map(written).join(",") + "]";
    if (value !== null && typeof value === "object") {
      return "{" + Object.keys(value).sort().map((name) => JSON.stringify(name) + ":" + written(value[name])).join(",") + "}";
    }
    return JSON.stringify(value);
  }
  function wholeNumbers(value) {
    if (typeof value === "number") return Number.isSafeInteger(value);
    return value === null || typeof value !== "object" || Object.values(value).every(wholeNumbers);
  }
  // What JSON.parse forgets: a name that stands twice in an object, and a whole number written as another kind of number.
  function members(value) {
    if (value === null || typeof value !== "object") return 0;
    return (Array.isArray(value) ? 0 : Object.keys(value).length) + Object.values(value).reduce((sum, one) => sum + members(one), 0);
  }
  function plainly(text, value) {
    let names = 0;
    const rest = text.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (all, colon) => { names += colon ? 1 : 0; return ""; });
    return names === members(value) && !/\d[.eE]|-0/.test(rest);
  }
  function parsed(data, name, strict) {
    let text, value;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
      value = JSON.parse(text);
    } catch (error) { throw new Stop(1, name, "not-json", String(error.message)); }
    need(value !== null && typeof value === "object" && !Array.isArray(value) && wholeNumbers(value), name, "not-object");
    need(!/\\ud[89a-f]/.test(written(value)), name, "form", "\\ud…");
    need(plainly(text, value), name, "twice");
    need(!strict || written(value) === text, name + ", line 1", "canonical");
    return value;
  }

  const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, HASH = /^[0-9a-f]{64}$/, TICKET = /^[0-9a-f]{32}$/;
  const RANK = /^(0|[1-9][0-9]{0,15})(\.(0|[1-9][0-9]{0,15}))*$/, INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
  const is = {
    name: (v) => typeof v === "string" && NAME.test(v),
    cell: (v) => v === "*" || is.name(v),
    hash: (v) => typeof v === "string" && HASH.test(v),
    ticket: (v) => typeof v === "string" && TICKET.test(v),
    rank: (v) => typeof v === "string" && RANK.test(v),
    whole: (v) => Number.isSafeInteger(v) && v >= 0,
    text: (v) => typeof v === "string",
    instant: (v) => typeof v === "string" && INSTANT.test(v) && !Number.isNaN(Date.parse(v)) && new Date(v).toISOString() === v.replace("Z", ".000Z"),
    none: (v) => v === null,
    or: (...kinds) => (v) => kinds.some((kind) => kind(v)),
    list: (kind) => (v) => Array.isArray(v) && v.every(kind),
    word: (...words) => (v) => words.includes(v),
    members: (form) => (v) => v !== null && typeof v === "object" && Object.keys(v).length === Object.keys(form).length
      && Object.keys(form).every((name) => Object.hasOwn(v, name) && form[name](v[name])),
  };
  const PLACES = is.list(is.or(is.members({ cell: is.cell, n: is.whole }), is.members({ cell: is.cell, n: is.whole, spill: is.word(true) })));
  const PARTS = is.list(is.members({
    cell: is.cell, n: is.whole, filled: is.whole, cutoff_rank: is.or(is.rank, is.none), cutoff_tie: is.or(is.hash, is.none),
  }));
  const COMMITMENT = {
    spec: is.word("npd1"), program: is.name, draw: is.name, pack: is.hash, closes: is.instant, frozen: is.instant, objections: is.instant,
    size: is.whole, root: is.hash, allotments: PLACES, order: is.word("rank-desc,tie-asc,ticket-asc", "rank-desc,take-all"), prev: is.hash,
    source: is.or(is.members({ kind: is.word("dice", "none") }),
      is.members({ kind: is.word("drand"), chain: is.hash, round: (v) => is.whole(v) && v > 0 })),
  };
  const named = (form) => (v) => v !== null && typeof v === "object" && !Array.isArray(v) && Object.values(v).every(form);
  const TEXTS = is.list(is.text), PART = is.or(is.text, TEXTS, named(TEXTS));
  const AIM = is.members({ stream: is.text, categories: TEXTS, filters: named(is.or(PART, is.list(named(PART)))) });
  const RESULT = {
    spec: is.word("npd1"), draw: is.name, commit: is.hash, source: is.or(is.text, is.none), seed: is.or(is.hash, is.none),
    selected: is.list(is.members({ cell: is.cell, ticket: is.ticket })), selected_root: is.hash, allotments: PARTS,
    promotions: is.list(is.members({ cell: is.cell, fallen: is.ticket, passed: is.list(is.ticket), taken: is.or(is.ticket, is.none) })),
    void: is.or(is.none, is.members({ at: is.instant, reason: is.text })),
  };
  function formed(value, form, name) {
    for (const member of Object.keys(value)) need(Object.hasOwn(form, member), name + ", member " + member, "unknown-member");
    for (const member of Object.keys(form)) {
      need(Object.hasOwn(value, member), name + ", member " + member, "missing");
      need(form[member](value[member]), name + ", member " + member, "form", written(value[member]).slice(0, 300));
    }
    return value;
  }
  function committed(data, name) {
    const value = parsed(data, name, true);
    const optional = Object.entries({ notice: is.hash, aim: AIM }).filter(([member]) => Object.hasOwn(value, member));
    return formed(value, { ...COMMITMENT, ...Object.fromEntries(optional) }, name);
  }
  function leafOf(line, where) {
    const parts = line.split("|"), [head, draw, ticket, cells, rank, group, cap, salt] = parts;
    const limit = group === "-" ? cap === "-" : /^[0-9a-f]{16}$/.test(group) && /^(0|[1-9][0-9]{0,15})$/.test(cap || "");
    const named = cells === "-" ? [] : (cells || "").split(",");
    need(parts.length === 8 && head === "npd1-leaf" && is.name(draw) && is.ticket(ticket) && is.rank(rank) && limit && is.ticket(salt)
      && named.every(is.name), where, "leaf", line.slice(0, 200));
    need(written(named) === written([...new Set(named)].sort()), where, "cells");
    const numbers = rank.split(".").map(Number);
    need(numbers.every(Number.isSafeInteger), where, "large");
    return { draw, ticket, cells: named, rank, numbers, group, cap };
  }

  const FEW = "fewer than 20", TAKE_ALL = "rank-desc,take-all";
  const NOTICE = {
    level: is.word("full", "bands", "auditor"), rank: is.list(is.text), notice_days: is.whole, objection_hours: is.whole, published: is.instant,
    cutoff_from: (v) => v === undefined || is.whole(v), allotments: is.list((a) => a !== null && typeof a === "object"),
  };
  const QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
  const POOL = ["commitment.json", "commitment.sig", "seed.json", "result.json", "result.sig", "leaves.txt", "people.csv"]; // nothing of them is public of few
  const FILES = [...POOL, "notice.json", "notice.sig", "key.txt", "counts.json", "README.md", "LISEZMOI.md", "verify_draw.py"];

  function tell(checks, kind, key, ...values) {
    if (!KEYS.includes(kind + "-" + key)) throw new Error("no words for " + kind + "-" + key);
    checks.push([kind, key, ...values]);
  }

  function seedOf(source, commit, commitment, where) {
    if (source === null) return null;
    const kind = commitment.source, [start, form] = {
      none: ["none", /^$/], dice: ["dice:" + commitment.draw + ":", /^[0-9]{40}$/], drand: [["drand", kind.chain, kind.round, ""].join(":"), HASH],
    }[kind.kind];
    need(is.text(source) && source.startsWith(start) && form.test(source.slice(start.length)), where, "differs", source, start + "…");
    return hex(sha256(utf8.encode("npd1-seed|" + commit + "|" + source)));
  }
  function tieOf(seed, draw, ticket) { return seed ? hex(hmac(unhex(seed), "npd1-tie|" + draw + "|" + ticket)) : ""; }

  function checkCommitment(c, notice, raw) {
    const where = "commitment.json, member ";
    need(new Set(c.allotments.map((a) => a.cell)).size === c.allotments.length, where + "allotments", "cell-twice");
    const [frozen, objections] = [c.frozen, c.objections].map(Date.parse);
    if (notice || c.notice) {
      if (!notice) throw new Stop(2, "notice.json", "missing");
      same(c.notice, hex(sha256(raw)), where + "notice");
      need(!Object.hasOwn(c, "aim"), where + "aim", "aim");
      const announced = "notice.json, member ";
      for (const [name, form] of Object.entries(NOTICE)) need(form(notice[name]), announced + name, "form", written(notice[name]).slice(0, 300));
      const right = { ...notice, allotments: notice.allotments.map((a) => ({ n: c.size, ...a })) };
      for (const name of ["spec", "program", "draw", "pack", "closes", "allotments", "order"]) same(c[name], right[name], where + name);
      const { round, ...named } = c.source;
      same(named, notice.source, where + "source");
      need(c.source.kind !== "none" || notice.rank.length, where + "source", "no-chance");
      need(frozen >= Date.parse(notice.published) + notice.notice_days * 864e5, where + "frozen", "notice-short");
      need(objections >= frozen + notice.objection_hours * 36e5, where + "objections", "window-short");
    }
  }
  function checkTimes(c, where, checks) {
    const [closes, frozen, objections] = [c.closes, c.frozen, c.objections].map(Date.parse);
    need(closes <= frozen && frozen <= objections, where + "closes, frozen, objections", "order");
    if (c.source.chain === QUICKNET) {
      const out = (1692803367 + 3 * (c.source.round - 1)) * 1000;
      need(out >= objections, where + "source", "early-round", c.source.round, new Date(out).toISOString());
    } else if (c.source.kind === "drand") tell(checks, "unchecked", "chain", c.source.chain);
    tell(checks, "unchecked", c.source.kind);
  }

  // One that was void before its selection, though perhaps after its seed, selected nobody.
  const selects = (r) => Boolean(r.seed) && !(r.void && !r.selected.length);

  // A notice that gives no number of places announces that everybody is taken.
  const takesEverybody = (notice) => Boolean(notice) && notice.allotments.some((a) => !Object.hasOwn(a, "n"));

  // Who took some, but fewer than the draw said publishes no cut-off.
  const heldBack = (part, least) => part.filled < (least || 0);

  // No allotment took more than its places and those handed on to it, nor did all together take more than the pool.
  function checkFilled(parts, c, where) {
    same(parts.map((p) => [p.cell, p.n]), c.allotments.map((a) => [a.cell, a.n]), where + "allotments");
    let carried = 0, sum = 0;
    parts.forEach((part, i) => {
      const here = where + "allotments, cell " + part.cell, places = part.n + carried;
      need(is.whole(part.filled), here, "form", written(part.filled));
      need(part.filled <= places || (c.order === TAKE_ALL && places > 0), here, "too-many", part.filled, places);
      carried = c.allotments[i].spill ? Math.max(places - part.filled, 0) : 0;
      sum += part.filled;
    });
    need(sum <= c.size, where + "allotments", "more-than-pool", sum, c.size);
    return sum;
  }

  function checkResult(r, c, notice, least) {
    const where = "result.json, member ", all = c.order === TAKE_ALL, held = new Map(r.selected.map((s) => [s.ticket, s.cell]));
    need(r.seed || (r.void && !r.selected.length), where + "seed", "no-seed");
    same(r.selected.map((s) => s.ticket), [...held.keys()].sort(), where + "selected");
    need(!takesEverybody(notice) || !selects(r) || r.selected.length === c.size, where + "selected", "not-everybody");
    same(r.selected_root, rootOf(r.selected.map((s) => ["npd1-sel", c.draw, s.ticket, s.cell].join("|"))), where + "selected_root");
    checkFilled(r.allotments, c, where);
    let sum = 0;
    r.allotments.forEach((part) => {
      const here = where + "allotments, cell " + part.cell;
      const ties = r.selected.filter((s) => s.cell === part.cell).map((s) => tieOf(r.seed, c.draw, s.ticket));
      same([part.filled, part.cutoff_rank === null], [ties.length, !ties.length || heldBack(part, least)], here);
      if (notice && part.cutoff_rank !== null) {
        same(part.cutoff_rank.split(".").length, notice.rank.length || 1, here + ", cutoff_rank");
        need(notice.rank.length || part.cutoff_rank === "0", here + ", cutoff_rank", "rank-form", part.cutoff_rank);
      }
      need(part.cutoff_rank !== null && !all ? ties.includes(part.cutoff_tie) : part.cutoff_tie === null, here + ", cutoff_tie", "not-taken-tie", String(part.cutoff_tie));
      sum += part.filled;
    });
    same(sum, held.size, where + "allotments");
    const ever = new Set(held.keys());
    r.promotions.forEach((p, i) => {
      const here = where + "promotions, item " + (i + 1), fresh = p.taken ? [...p.passed, p.taken] : p.passed;
      need(held.get(p.fallen) === p.cell, here, "not-held", p.fallen);
      held.delete(p.fallen);
      for (const ticket of fresh) { need(!all && !ever.has(ticket), here, "taken-again", ticket); ever.add(ticket); }
      if (p.taken) held.set(p.taken, p.cell);
    });
    need(ever.size <= c.size, where + "promotions", "more-than-pool", ever.size, c.size);
    return held;
  }

  function checkBands(bands, size, counted) {
    const where = "counts.json, member bands";
    same(bands.map((b) => b.count), counted, where);
    same(counted.reduce((a, b) => a + b, 0), bands.length ? size : 0, where);
    bands.forEach((b, i) => need(is.whole(b.from) && is.whole(b.to) && b.from <= b.to && b.count >= 20 && (!i || bands[i - 1].to < b.from), where, "band", written(b)));
  }

  function compare(a, b) {
    for (let i = 0; i < a.numbers.length; i++) if (a.numbers[i] !== b.numbers[i]) return b.numbers[i] - a.numbers[i];
    return a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : a.ticket < b.ticket ? -1 : 1;
  }

  function recompute(text, c, r, notice, bands, checks) {
    const lines = text.split("\n");
    need(lines.pop() === "", "leaves.txt", "newline");
    const caps = new Map([["-", "-"]]), rank = notice ? notice.rank : null;
    const gone = lines.filter((line) => GONE.test(line)).length, pool = [];
    lines.forEach((line, i) => {
      if (GONE.test(line)) return;
      const where = "leaves.txt, line " + (i + 1), leaf = leafOf(line, where);
      same(leaf.draw, c.draw, where);
      if (!caps.has(leaf.group)) caps.set(leaf.group, leaf.cap);
      same(leaf.cap, caps.get(leaf.group), where);
      leaf.tie = tieOf(r.seed, c.draw, leaf.ticket);
      leaf.at = i + 1;
      pool.push(leaf);
    });
    pool.forEach((leaf, i) => {
      const where = "leaves.txt, line " + leaf.at;
      need(!i || pool[i - 1].ticket < leaf.ticket, where, "ticket-order");
      same(leaf.numbers.length, rank ? rank.length || 1 : pool[0].numbers.length, where + ", rank");
      need(!rank || rank.length || leaf.rank === "0", where + ", rank", "rank-form", leaf.rank);
    });
    same([lines.length, rootOf(lines)], [c.size, c.root], "leaves.txt");
    checkBands(bands, lines.length, bands.map((b) => gone ? b.count : pool.filter((leaf) => leaf.numbers[0] >= b.from && leaf.numbers[0] <= b.to).length));
    const alike = c.source.kind === "none" && new Set(pool.map((leaf) => leaf.rank)).size < pool.length;
    need(!alike || (c.order === "rank-desc,take-all" && caps.size === 1), "leaves.txt", "equal-ranks");
    if (gone) tell(checks, "unchecked", "gone", gone);
    else if (selects(r)) replay([...pool].sort(compare), c, r);
    return { pool, size: lines.length, whole: !gone && selects(r) };
  }

  function replay(walk, c, r) {
    const all = c.order === TAKE_ALL, taken = new Map(), used = new Map(), ends = new Map(), byTicket = new Map(walk.map((l) => [l.ticket, l]));
    const uses = (leaf, by) => used.set(leaf.group, (used.get(leaf.group) || 0) + by);
    const may = (leaf, cell) => !taken.has(leaf.ticket) && (cell === "*" || leaf.cells.includes(cell))
      && (leaf.cap === "-" || (used.get(leaf.group) || 0) < Number(leaf.cap));
    let carried = 0;
    r.allotments.forEach((part, i) => {
      const places = part.n + carried;
      let filled = 0, last = null;
      for (let at = 0; at < walk.length; at++) {
        const leaf = walk[at];
        if (filled >= places && !(all && last && last.rank === leaf.rank)) break;
        if (!may(leaf, part.cell)) continue;
        taken.set(leaf.ticket, part.cell);
        uses(leaf, 1);
        ends.set(part.cell, at);
        last = leaf;
        filled += 1;
      }
      const shown = part.cutoff_rank === null ? null : last; // held back, where few were taken
      same([part.filled, part.cutoff_rank, part.cutoff_tie], [filled, shown && shown.rank, shown && !all ? shown.tie : null],
        "result.json, member allotments, cell " + part.cell);
      carried = c.allotments[i].spill ? Math.max(places - filled, 0) : 0;
    });
    same(r.selected.map((s) => [s.ticket, s.cell]), [...taken].sort(), "result.json, member selected");
    r.promotions.forEach((p, i) => {
      const where = "result.json, member promotions, item " + (i + 1), start = ends.has(p.cell) ? ends.get(p.cell) + 1 : 0;
      uses(byTicket.get(p.fallen), -1);
      for (const ticket of [...p.passed, p.taken]) {
        const at = all ? -1 : walk.findIndex((leaf, n) => n >= start && may(leaf, p.cell));
        same(ticket, at < 0 ? null : walk[at].ticket, where);
        if (at < 0) break;
        taken.set(ticket, p.cell);
        if (ticket === p.taken) { uses(walk[at], 1); ends.set(p.cell, at); }
      }
    });
  }

  function rows(text) {
    const out = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      const row = out[out.length - 1], mark = text[i];
      if (quoted && mark === '"' && text[i + 1] === '"') { row[row.length - 1] += '"'; i += 1; }
      else if (mark === '"') quoted = !quoted;
      else if (mark === "," && !quoted) row.push("");
      else if (mark === "\n" && !quoted) out.push([""]);
      else if (mark !== "\r" || quoted) row[row.length - 1] += mark;
    }
    const [head, ...rest] = out;
    return rest.filter((row) => row.length > 1).map((row) => Object.fromEntries(head.map((name, i) => [name, row[i] || ""])));
  }
  function checkPeople(text, pool, rank) {
    const rankOf = new Map(pool.map((leaf) => [leaf.ticket, leaf.numbers[0]])), seen = new Set(), people = new Set();
    rows(text).forEach((row, i) => {
      const where = "people.csv, row " + (i + 2), parts = Object.keys(row).filter((name) => name.startsWith("points:") && row[name] !== "");
      need(Boolean(row.ticket) !== Boolean(row.why), where, "ticket-or-why");
      if (parts.length) same(parts.reduce((sum, name) => sum + Number(row[name]), 0), Number(row.points), where + ", points");
      if (!row.ticket) return;
      need(rankOf.has(row.ticket) && !seen.has(row.ticket) && !people.has(row.person), where, "ghost", row.ticket);
      seen.add(row.ticket);
      people.add(row.person);
      if (rank && rank[0] === "points") same(row.points, String(rankOf.get(row.ticket)), where + ", points");
    });
    for (const ticket of rankOf.keys()) need(seen.has(ticket), "people.csv", "lost", ticket);
  }

  function bundle(files, checks, whole) {
    const file = (name) => { if (!files[name]) throw new Stop(2, name, "missing"); return files[name]; };
    for (const name of Object.keys(files).sort()) if (!FILES.includes(name)) tell(checks, "unchecked", "file", name);
    const undrawn = whole && !files["counts.json"] && !files["result.json"]; // the auditor's, before the selection
    const counts = undrawn ? {} : parsed(file("counts.json"), "counts.json", true);
    const notice = files["notice.json"] ? parsed(files["notice.json"], "notice.json", true) : null;
    file("key.txt");
    for (const name of ["notice", "result"]) if (files[name + ".json"] && !files[name + ".sig"]) tell(checks, "unchecked", "unsigned", name + ".json");
    if (!files["commitment.json"] && counts.size === FEW) {
      for (const name of POOL) need(!files[name], name, "beside-few");
      if (notice) {
        need(NOTICE.allotments(notice.allotments), "notice.json, member allotments", "form", written(notice.allotments).slice(0, 300));
        const n = takesEverybody(notice) ? FEW : notice.allotments.reduce((sum, a) => sum + a.n, 0);
        for (const [name, value] of Object.entries({ spec: notice.spec, draw: notice.draw, level: notice.level, cutoff_from: notice.cutoff_from, n })) {
          same(counts[name], value, "counts.json, member " + name);
        }
      } else tell(checks, "unchecked", "no-notice");
      tell(checks, "unchecked", counts.n === FEW ? "few-everybody" : "few", counts.n, counts.commit);
      return { counts, result: null };
    }
    const raw = file("commitment.json"), c = committed(raw, "commitment.json"), commit = hex(sha256(raw)), level = notice ? notice.level : counts.level;
    file("commitment.sig");
    checkCommitment(c, notice, files["notice.json"]);
    checkTimes(c, "commitment.json, member ", checks);
    tell(checks, "holds", notice ? "notice" : "times");
    tell(checks, "holds", "commitment", commit, c.size);
    let source = null, result = null;
    // Without a result no file says that the draw was void before its seed.
    const seedless = undrawn || files["result.json"] || (level === "auditor" && counts.selected === 0);
    if (files["seed.json"] || !seedless) {
      const told = parsed(file("seed.json"), "seed.json", true);
      source = told.source;
      need(is.text(source), "seed.json, member source", "missing");
      if (c.source.kind === "drand") {
        need(is.text(told.signature) && /^([0-9a-f]{2})+$/.test(told.signature), "seed.json, member signature", "missing");
        need(source.endsWith(hex(sha256(unhex(told.signature)))), "seed.json, source", "randomness");
      }
    }
    const seed = seedOf(source, commit, c, "seed.json, member source");
    if (seed) tell(checks, "holds", c.source.kind === "none" ? "seed-none" : "seed", source);
    else if (!undrawn && !files["result.json"]) tell(checks, "unchecked", "no-seed");
    if (undrawn) {
      tell(checks, "unchecked", "selection");
      told(files, checks, recompute(new TextDecoder().decode(file("leaves.txt")), c, { seed: null }, notice, [], checks), notice);
      return { counts, result };
    }
    const right = {
      spec: "npd1", draw: c.draw, commit, size: c.size < 20 ? FEW : c.size,
      n: c.size < 20 && counts.n === FEW ? FEW : c.allotments.reduce((sum, a) => sum + a.n, 0),
      level,
    };
    const least = (notice || counts).cutoff_from;
    same(counts.cutoff_from, least, "counts.json, member cutoff_from");
    need(least === undefined || is.whole(least), "counts.json, member cutoff_from", "form", written(least).slice(0, 300));
    let parts = counts.allotments;
    if (files["result.json"] || level !== "auditor" || whole) {
      result = formed(parsed(file("result.json"), "result.json", true), RESULT, "result.json");
      same([result.draw, result.commit, result.source, result.seed], [c.draw, commit, source, seed], "result.json, draw to seed");
      checkResult(result, c, notice, least);
      tell(checks, "holds", "result", result.selected.length, result.promotions.length);
      if (result.void) tell(checks, "note", "void", result.void.reason);
      if (c.size >= 20) right.result = hex(sha256(files["result.json"]));
      parts = result.allotments;
    } else {
      need(c.size < 20 || is.hash(counts.result), "counts.json, member result", "form", written(counts.result === undefined ? null : counts.result).slice(0, 300));
      need(is.list((p) => p !== null && typeof p === "object")(parts), "counts.json, member allotments", "form", written(parts).slice(0, 300));
    }
    const selected = checkFilled(parts, c, (result ? "result.json" : "counts.json") + ", member ");
    const few = parts.filter((p) => p.filled && heldBack(p, least)).map((p) => p.cell), lots = notice && !notice.rank.length;
    if (few.length) tell(checks, "unchecked", "held-back", least, few.join(", "));
    if (c.size >= 20) {
      right.selected = selected;
      right.allotments = parts.map((p) => ({ cell: p.cell, filled: p.filled, n: p.n }));
      if (few.length || lots || level === "auditor" || (result && result.void)) right.bands = [];
    }
    for (const name of Object.keys(right)) same(counts[name], right[name], "counts.json, member " + name);
    const bands = c.size >= 20 ? counts.bands : [];
    need(Array.isArray(bands), "counts.json, member bands", "missing");
    checkBands(bands, c.size, bands.map((b) => b.count));
    tell(checks, "holds", "counts");
    if (files["leaves.txt"] || whole || (level === "full" && lots)) {
      told(files, checks, recompute(new TextDecoder().decode(file("leaves.txt")), c, result, notice, bands, checks), notice);
    } else tell(checks, "unchecked", "leaves");
    return { counts, result };
  }
  function told(files, checks, { pool, size, whole }, notice) {
    tell(checks, "holds", whole ? "leaves" : "pool", size);
    if (!files["people.csv"]) return;
    checkPeople(new TextDecoder().decode(files["people.csv"]), pool, notice && notice.rank);
    tell(checks, "holds", "people", pool.length);
  }

  function mine(data, files, checks) {
    const me = parsed(data, "receipt", false), where = "receipt, member ";
    for (const name of ["commitment", "line", "draw", "commit", "signature", "key"]) need(is.text(me[name]), where + name, "missing");
    need(is.whole(me.index) && is.whole(me.size) && is.list(is.hash)(me.path), where + "path", "form", written(me.path).slice(0, 300));
    const text = utf8.encode(me.commitment), c = committed(text, where + "commitment"), commit = hex(sha256(text));
    const known = files ? bundle(files, checks, false) : { counts: null, result: null };
    if (known.counts) {
      same([c.draw, commit], [known.counts.draw, known.counts.commit], where + "commitment");
      if (files["key.txt"]) same(me.key, new TextDecoder().decode(files["key.txt"]).trim(), where + "key");
    }
    if (!files || !files["commitment.json"]) {
      checkTimes(c, where + "commitment, ", checks);
      tell(checks, "unchecked", files ? "announced" : "bundle");
    }
    const leaf = leafOf(me.line, where + "line");
    same([me.draw, me.commit, me.size, leaf.draw], [c.draw, commit, c.size, c.draw], where + "draw, commit, size, line");
    same(me.index < me.size ? rootFrom(me.line, me.index, me.size, me.path) : "", c.root, where + "path");
    tell(checks, "holds", "line", leaf.rank, commit);
    if (!Object.hasOwn(me, "taken")) return void tell(checks, "unchecked", "undrawn");
    need(is.text(me.source) && typeof me.taken === "boolean" && PARTS(me.allotments), where + "source, taken, allotments", "form", written([me.source, me.taken, me.allotments]).slice(0, 300));
    const tie = tieOf(seedOf(me.source, commit, c, where + "source"), c.draw, leaf.ticket);
    const reach = (part) => part.cell === "*" || leaf.cells.includes(part.cell), parts = me.allotments;
    same([me.tie, parts.map((p) => [p.cell, p.n])], [tie, c.allotments.filter(reach).map((a) => [a.cell, a.n])], where + "tie, allotments");
    const after = (p) => {
      if (p.cutoff_rank === null) return true;
      const numbers = p.cutoff_rank.split(".").map(Number);
      same(numbers.length, leaf.numbers.length, where + "cutoff_rank");
      for (let i = 0; i < numbers.length; i++) if (numbers[i] !== leaf.numbers[i]) return leaf.numbers[i] < numbers[i];
      return p.cutoff_tie !== null && tie > p.cutoff_tie;
    };
    // A receipt has every cut-off that there is, held back or not.
    const cuts = parts.map((p) => [p.cutoff_rank === null, p.cutoff_tie === null]);
    same(cuts, parts.map((p) => [!p.filled, !p.filled || c.order === TAKE_ALL]), where + "allotments, cutoff_rank, cutoff_tie");
    if (files && files["commitment.json"]) {
      same(me.source, files["seed.json"] ? parsed(files["seed.json"], "seed.json", true).source : null, where + "source (seed.json)");
    }
    const own = parts.find((p) => p.cell === me.cell), full = parts.length > 0 && parts.every((p) => after(p) && p.filled >= p.n);
    const limited = parts.length > 0 && leaf.group !== "-";
    const why = { places: full, none: !parts.length, cap: limited, left: limited || (parts.length > 0 && parts.every(after)) };
    need(me.taken ? own && after(own) === (me.promoted === true) : me.cell === null && Object.hasOwn(why, me.stopped) && why[me.stopped],
      where + "taken", "wrong-side", written(me.taken), leaf.rank, tie);
    const cut = me.taken ? own : parts[parts.length - 1] || { cutoff_rank: null, cutoff_tie: null };
    same([me.cutoff_rank, me.cutoff_tie], [cut.cutoff_rank, cut.cutoff_tie], where + "cutoff_rank, cutoff_tie");
    if (known.result) {
      const r = known.result, held = r.selected.find((s) => s.ticket === leaf.ticket) || r.promotions.find((p) => p.taken === leaf.ticket);
      const shown = parts.map((p) => heldBack(p, known.counts.cutoff_from) ? { ...p, cutoff_rank: null, cutoff_tie: null } : p);
      same([me.cell, shown], [held ? held.cell : null, r.allotments.filter(reach)], where + "cell, allotments (result.json)");
      need((me.stopped === "left") === r.promotions.some((p) => p.passed.includes(leaf.ticket)), where + "stopped", "stopped", String(me.stopped));
    }
    tell(checks, known.result ? "holds" : "unchecked", "cutoff");
    if (me.stopped === "cap") tell(checks, "unchecked", "cap");
    tell(checks, "holds", !me.taken ? "not-taken-" + me.stopped : me.cell === "*" ? "taken-any" : "taken", me.cell);
  }

  function verify(mode, files, receipt) {
    const checks = [];
    try {
      if (mode === "mine") mine(receipt, files, checks);
      else bundle(files, checks, mode === "full");
      return { code: 0, checks, where: "", what: [] };
    } catch (error) {
      if (error instanceof Stop) return { code: error.code, checks, where: error.where, what: error.what };
      return { code: 1, checks, where: "", what: ["error", String(error)] };
    }
  }

  /* Ed25519 of the signed files, by the browser where it can: true, false, or null when it cannot tell. */
  async function signature(file, sig, key) {
    const plain = (data) => Uint8Array.from(atob(new TextDecoder().decode(data).trim()), (mark) => mark.charCodeAt(0));
    if (!scope.crypto || !scope.crypto.subtle) return null;
    let imported;
    try { imported = await scope.crypto.subtle.importKey("raw", plain(key), { name: "Ed25519" }, false, ["verify"]); }
    catch (error) { return error.name === "NotSupportedError" ? null : false; }
    try { return await scope.crypto.subtle.verify({ name: "Ed25519" }, imported, plain(sig), file); }
    catch (error) { return false; }
  }

  /* The same with the signatures of the bundle's files and of the receipt. */
  async function check(mode, files, receipt) {
    const found = verify(mode, files, receipt), word = (data) => (data ? new TextDecoder().decode(data).trim() : "");
    const signed = files ? ["notice", "commitment", "result"].filter((name) => files[name + ".json"])
      .map((name) => ["signature", name, files[name + ".json"], files[name + ".sig"], files["key.txt"]]) : [];
    if (receipt && !found.code) {
      const me = parsed(receipt, "receipt", false);
      const sign = (key, text, sig) => signed.push([key, "", ...[text, sig, me.key].map((part) => utf8.encode(part))]);
      sign("receipt", me.commitment, me.signature);
      if (is.text(me.cutoffs_signature)) {
        sign("receipt-cutoffs", written({ spec: me.spec, draw: me.draw, commit: me.commit, allotments: me.allotments }), me.cutoffs_signature);
      }
    }
    for (const [key, name, file, sig, by] of signed.filter(([, , , sig]) => sig)) {
      const holds = by ? await signature(file, sig, by) : null, where = name ? name + ".sig" : "receipt, member " + (key === "receipt" ? "signature" : "cutoffs_signature");
      if (holds !== false) tell(found.checks, holds ? "holds" : "unchecked", key, name + ".json", word(by));
      else if (!found.code) Object.assign(found, { code: 1, where, what: ["key", word(by)] });
    }
    return found;
  }

  /* The files of a ZIP, by name. */
  async function unzip(data) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength), files = {};
    let end = data.length - 22;
    while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
    if (end < 0) throw new Stop(2, "ZIP", "zip");
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left--) {
      const method = view.getUint16(at + 10, true), size = view.getUint32(at + 20, true), names = view.getUint16(at + 28, true);
      const name = new TextDecoder().decode(data.subarray(at + 46, at + 46 + names)), local = view.getUint32(at + 42, true);
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true), held = data.subarray(start, start + size);
      if (Object.hasOwn(files, name)) throw new Stop(1, name, "twice");
      if (method === 0) files[name] = held;
      else {
        const stream = new Blob([held]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
        files[name] = new Uint8Array(await new Response(stream).arrayBuffer());
      }
      at += 46 + names + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
    return files;
  }

  scope.npd1 = { KEYS, tell, verify, check, signature, unzip, rootOf, rootFrom, tieOf, hex, sha256 };
})(globalThis);
