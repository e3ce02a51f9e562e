#!/usr/bin/env python3
"""Check a published draw (npd1: docs/npd1.md) with nothing but Python 3.9 or later. Vérifier un tirage publié. Nothing is sent; rien n'est envoyé.

    python3 verify_draw.py public BUNDLE             a published bundle, a folder or a .zip; un dossier public
    python3 verify_draw.py mine RECEIPT [BUNDLE]     your own receipt, better with the bundle; votre reçu
    python3 verify_draw.py full BUNDLE               the whole draw again from leaves.txt; tout le tirage, refait

--en, --fr: language, langue (LANG). Exit code: 0 all that was checked holds; 1 something differs; 2 it could not be run (impossible).
"""
from __future__ import annotations
import bisect, collections, csv, hashlib, hmac, json, os, re, sys, zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
QUICKNET = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"  # drand: a round every 3 s
FILES = set("notice.json notice.sig key.txt counts.json commitment.json commitment.sig seed.json result.json result.sig leaves.txt people.csv README.md LISEZMOI.md verify_draw.py".split())
GENESIS, FEW, MOST = datetime(2023, 8, 23, 15, 9, 27), "fewer than 20", 2**53 - 1  # all is UTC
def many(item: str) -> str: return rf"\[({item}(,{item})*)?\]"  # The two files that bind everything are checked against patterns of their canonical JSON.
def pairs(item: str) -> str: return "{" + many(f"{TEXT}:({item})")[2:-2] + "}"
def members(**patterns: str) -> str: return "{" + ",".join(f'"{name}":({pattern})' for name, pattern in sorted(patterns.items())) + "}"
WHOLE, TEXT, HASH, TICKET = "(0|[1-9][0-9]{0,15})", r'"([^"\\]|\\.)*"', '"[0-9a-f]{64}"', '"[0-9a-f]{32}"'
NAME, INSTANT, HEX, PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}", '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"', "[0-9a-f]{32}", f"{TEXT}|{many(TEXT)}|{pairs(many(TEXT))}"
CELL, RANK, AIM = rf'"({NAME}|\*)"', rf"{WHOLE}(\.{WHOLE})*", members(categories=many(TEXT), filters=pairs(f"{PART}|{many(pairs(PART))}"), stream=TEXT)
LEAF = re.compile(rf"npd1-leaf\|{NAME}\|{HEX}\|(-|{NAME}(,{NAME})*)\|{RANK}\|([0-9a-f]{{16}}\|{WHOLE}|-\|-)\|{HEX}")
GONE = re.compile(r"npd1-gone\|[0-9a-f]{64}")  # a line whose ticket and salt were erased, by its hash
COMMITMENT = members(
    spec='"npd1"', program=f'"{NAME}"', draw=f'"{NAME}"', pack=HASH, closes=INSTANT, frozen=INSTANT, objections=INSTANT, size=WHOLE,
    root=HASH, allotments=many(rf'{{"cell":{CELL},"n":{WHOLE}(,"spill":true)?}}'), order='"rank-desc,(tie-asc,ticket-asc|take-all)"',
    source=rf'{{"kind":"(dice|none)"}}|{{"chain":{HASH},"kind":"drand","round":[1-9][0-9]{{0,15}}}}', prev=HASH,
).replace('"objections"', f'("notice":{HASH},)?"objections"').replace('"allotments"', f'("aim":{AIM},)?"allotments"')  # which may be absent
RESULT = members(
    spec='"npd1"', draw=f'"{NAME}"', commit=HASH, source=f"{TEXT}|null", seed=f"{HASH}|null", selected_root=HASH,
    selected=many(members(cell=CELL, ticket=TICKET)), void=f"null|{members(at=INSTANT, reason=TEXT)}",
    allotments=many(members(cell=CELL, n=WHOLE, filled=WHOLE, cutoff_rank=f'"{RANK}"|null', cutoff_tie=f"{HASH}|null")),
    promotions=many(members(cell=CELL, fallen=TICKET, passed=many(TICKET), taken=f"{TICKET}|null")))
FRENCH = "--fr" in sys.argv or ("--en" not in sys.argv and next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")[:2] == "fr")
def tr(english: str, french: str) -> str: return french if FRENCH else english
def formed(detail: object) -> str: return tr("is not of the form that docs/npd1.md gives: ", "n'est pas de la forme que donne docs/npd1.md : ") + str(detail)
class Stop(Exception): """(1, where, what) when something differs; (2, where, what) when the check cannot be run."""
def check(holds: object, where: str, what: str) -> None:
    if not holds: raise Stop(1, where, what)
def same(value: object, right: object, where: str) -> None:
    check(written(value) == written(right), where, tr("has {}, but it must be {}", "a {}, mais ce devrait être {}").format(written(value)[:300], written(right)[:300]))
def say(text: str, kind: str = "") -> None: print(f"  {kind or tr('holds:', 'exact :'):<14}{text}")
def unsure(text: str) -> None: say(text, tr("not checked:", "non vérifié :"))
def unsigned(key: str) -> None: unsure(tr("signatures (README.md: with openssl), and whose key this is: ", "les signatures (LISEZMOI.md : avec openssl), et à qui est cette clé : ") + key)
def written(value: object) -> str: return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # Canonical JSON (RFC 8785).
def sha(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def tree(nodes: list[bytes]) -> bytes:
    """Root of the tree of RFC 9162 over hashed leaves: it splits at the largest power of two below their number."""
    if len(nodes) < 2: return nodes[0] if nodes else sha()
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return sha(b"\1", tree(nodes[:half]), tree(nodes[half:]))
def climb(node: bytes, index: int, size: int, path: list[str]) -> bytes:
    """Root of a tree of ``size`` leaves, from one leaf and its path; nothing when the path is too long or too short."""
    if size <= 1 or not path: return node if size == 1 and not path else b""
    half, sibling = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if index < half: return sha(b"\1", climb(node, index, half, path[:-1]), sibling)
    return sha(b"\1", sibling, climb(node, index - half, size - half, path[:-1]))
def leaf(line: str) -> bytes: return bytes.fromhex(line[10:]) if GONE.fullmatch(line) else sha(b"\0", line.encode())
def root_of(lines: list[str]) -> str: return tree([leaf(line) for line in lines]).hex()
def tie_of(seed: str, draw: str, ticket: str) -> str: return hmac.digest(bytes.fromhex(seed), f"npd1-tie|{draw}|{ticket}".encode(), "sha256").hex()
def instant(file: Any, name: str, where: str) -> datetime:
    try: return datetime.fromisoformat(file[name][:-1] if re.fullmatch(INSTANT[1:-1], str(file.get(name)), re.ASCII) else "")
    except ValueError: raise Stop(1, where + name, formed(repr(file.get(name)))) from None
def number(text: str) -> int:
    check(abs(int(text)) <= MOST, text[:30], f"> {MOST}")
    return int(text)
def parsed(files: dict[str, bytes], name: str, form: str = "(?s).*", canonical: bool = True) -> Any:
    """A file as an object of JSON: whole numbers alone, canonical, of the form given."""
    if name not in files: raise Stop(2, name, tr("is not there, and it is needed", "manque, et il est nécessaire"))
    try: value = json.loads(files[name].decode(), parse_int=number, parse_float=int, parse_constant=int)
    except (ValueError, RecursionError) as error: raise Stop(1, f"{name}:1", formed(error)) from None
    text = written(value)
    sound = isinstance(value, dict) and re.fullmatch(form, text, re.ASCII) and (text.encode() == files[name] or not canonical)
    check(sound, f"{name}:1", formed(tr("members, canonical JSON", "membres, JSON canonique")))
    return value
def public(files: dict[str, bytes], whole: bool = False) -> tuple[Any, Any]:
    """Check a bundle; return its counts and its result, where that is public."""
    undrawn, notice = whole and not {"counts.json", "result.json"} & files.keys(), parsed(files, "notice.json") if "notice.json" in files else {}
    counts, raw, result, source = {} if undrawn else parsed(files, "counts.json"), files.get("commitment.json", b""), None, None
    unsigned(files.get("key.txt", b"")[:60].decode("ascii", "replace").strip())
    if counts.get("size") == FEW and not raw:
        same([counts["draw"], counts["level"]], [(notice or counts)["draw"], (notice or counts)["level"]], "counts.json, draw, level")
        unsure(tr("a pool of fewer than 20; n, commit: ", "moins de 20 personnes; n, commit : ") + f"{counts['n']}, {counts['commit']}" + ("" if notice else tr("; no notice", "; aucun avis")))
        return counts, None
    commitment = parsed(files, "commitment.json", COMMITMENT)
    check_commitment(commitment, notice, files.get("notice.json"))
    draw, size, commit = commitment["draw"], commitment["size"], sha(raw).hex()
    if "seed.json" in files or not (undrawn or "result.json" in files):
        source, end = parsed(files, "seed.json")["source"], sha(bytes.fromhex(parsed(files, "seed.json").get("signature", ""))).hex()
        same(end if source[:4] in ("dice", "none") else source[-64:], end, "seed.json, source, sha256(signature)")
    seed = seed_of(source, raw, commitment, "seed.json, source")
    if undrawn:
        unsure(tr("who is selected: no selection has been made, or its files were left out", "qui est retenu : la sélection n'est pas faite, ou ses fichiers manquent"))
        recompute(files, commitment, {"seed": None}, notice, [])
        return counts, None
    places, least = sum(each["n"] for each in commitment["allotments"]) if size >= 20 or counts["n"] != FEW else FEW, (notice or counts).get("cutoff_from")
    right = {"spec": "npd1", "draw": draw, "commit": commit, "n": places, "level": notice.get("level", counts["level"]), "size": size if size >= 20 else FEW, "cutoff_from": least}
    if "result.json" in files or counts["level"] != "auditor" or whole:
        result = parsed(files, "result.json", RESULT)
        same([result[name] for name in ("draw", "commit", "source", "seed")], [draw, commit, source, seed], "result.json, draw, commit, source, seed")
        check_result(result, commitment, any("n" not in each for each in notice.get("allotments", [])), least or 1)
        parts = [{key: part[key] for key in ("cell", "filled", "n")} for part in result["allotments"]]
        few = ", ".join(part["cell"] for part in parts if 0 < part["filled"] < (least or 1))
        if few: unsure(tr("cut-offs held back, for fewer than {} were taken: {}", "seuils non publiés, car moins de {} personnes ont été retenues : {}").format(least, few))
        if size >= 20: right.update(result=sha(files["result.json"]).hex(), selected=len(result["selected"]), allotments=parts, bands=[] if few else counts.get("bands", []))
    for name, value in right.items(): same(counts.get(name), value, f"counts.json, {name}")
    bands = counts["bands"] if size >= 20 else []
    check_bands(bands, size, [band["count"] for band in bands])
    if "leaves.txt" in files or whole: recompute(files, commitment, result, notice, bands)
    return counts, result
def check_commitment(commitment: Any, notice: Any, raw: bytes | None) -> None:
    """The rule is sound and the announced one; its days and hours were kept; the seed could not be known before."""
    where, cells = "commitment.json, ", [each["cell"] for each in commitment["allotments"]]
    same(cells, [*dict.fromkeys(cells)], where + "allotments, cell")
    frozen, objections = check_times(commitment, where)
    if notice or "notice" in commitment:
        same([commitment.get("notice"), commitment.get("aim")], [raw and sha(raw).hex(), None], where + "notice, aim")
        right = {**notice, "allotments": [{"n": commitment["size"], **each} for each in notice["allotments"]]}  # without n: everybody
        for name in ("spec", "program", "draw", "pack", "closes", "allotments", "order"): same(commitment[name], right[name], f"{where}{name} (notice.json)")
        same({**commitment["source"], **notice["source"]}, commitment["source"], where + "source (notice.json)")
        check(commitment["source"]["kind"] != "none" or notice.get("rank") != [], where + "source", tr("is none, though chance alone decides", "est none, mais le hasard seul décide"))
        early = instant(notice, "published", "notice.json, ") + timedelta(notice["notice_days"])
        check(frozen >= early and objections - frozen >= timedelta(hours=notice["objection_hours"]), where + "frozen, objections", f"{frozen} < {early}, {objections}")
    if notice: say(tr("rule, days and hours as announced", "règle, jours et heures comme annoncés"))
    else: unsure(tr("what was announced: there is no notice to compare; aim: ", "ce qui a été annoncé : il n'y a pas d'avis à comparer; visé : ") + written(commitment.get("aim")))
def check_times(commitment: Any, where: str) -> tuple[datetime, datetime]:
    """The instants are in order, and a round that this program knows came out after the objection window; return freeze and its end."""
    closes, frozen, objections = (instant(commitment, name, where) for name in ("closes", "frozen", "objections"))
    check(closes <= frozen <= objections, where + "closes, frozen, objections", f"{closes} > {frozen} > {objections}")
    say(tr("closing, freeze, objections in order", "clôture, gel et oppositions dans l'ordre"))
    if commitment["source"].get("chain") == QUICKNET:
        out = GENESIS + timedelta(seconds=3 * commitment["source"]["round"] - 3)
        check(out >= objections, where + "source, objections", f"{out} < {objections}")
    elif "chain" in commitment["source"]: unsure(tr("when the round came out: this program does not know the chain ", "l'heure de la ronde : ce programme ne connaît pas la chaîne ") + commitment["source"]["chain"])
    unsure({"dice": tr("that the dice were thrown after the commitment: the witnesses know", "que les dés ont été lancés après l'engagement : les témoins le savent"),
            "drand": tr("the beacon's own signature: compare the round on drand's sites", "la signature de la balise : comparez la ronde sur les sites de drand"),
            "none": tr("that no two ranks are equal: full does, with leaves.txt", "que tous les rangs diffèrent : full le fait, avec leaves.txt")}[commitment["source"]["kind"]])
    return frozen, objections
def seed_of(source: str | None, raw: bytes, commitment: Any, where: str) -> str | None:
    kind, commit, draw = commitment["source"], sha(raw).hex(), re.escape(commitment["draw"])
    form = {"none": "none", "dice": f"dice:{draw}:[0-9]{{40}}"}.get(kind["kind"]) or f"drand:{kind['chain']}:{kind['round']}:[0-9a-f]{{64}}"
    check(source is None or re.fullmatch(form, source), f"{where} (commitment.json)", f"{source} ≠ {form}")
    say(tr("commitment {} of {} people, source of chance {}", "engagement {} de {} personnes, source du hasard {}").format(commit, commitment["size"], source))
    return source and sha(f"npd1-seed|{commit}|{source}".encode()).hex()
def selects(result: Any) -> bool: return bool(result["seed"] and (result["selected"] or not result["void"]))  # not one void before its selection
def check_result(result: Any, commitment: Any, everybody: bool, least: int) -> None:
    where, seed, take_all, carried = "result.json, ", result["seed"], commitment["order"] == "rank-desc,take-all", 0
    check(seed or (result["void"] and not result["selected"]), where + "seed, void, selected", formed(seed))
    held = {each["ticket"]: each["cell"] for each in result["selected"]}
    same([each["ticket"] for each in result["selected"]], sorted(held), where + "selected, ticket")
    same(len(held), commitment["size"] if everybody and selects(result) else len(held), where + "selected (commitment.json, size)")
    same(result["selected_root"], root_of([f"npd1-sel|{commitment['draw']}|{ticket}|{held[ticket]}" for ticket in sorted(held)]), where + "selected_root")
    same([[p["cell"], p["n"]] for p in result["allotments"]], [[a["cell"], a["n"]] for a in commitment["allotments"]], where + "allotments")
    for part, allotment in zip(result["allotments"], commitment["allotments"]):
        places, here = part["n"] + carried, f"{where}allotments[{part['cell']}], "
        ties = [tie_of(seed, commitment["draw"], ticket) for ticket in held if held[ticket] == part["cell"]]
        same([part["filled"], part["cutoff_rank"] is None], [len(ties), len(ties) < max(least, 1)], here + "filled, cutoff_rank")
        same(len(ties), len(ties) if take_all and places else min(len(ties), places), here + "filled")
        check(part["cutoff_tie"] in (ties if part["cutoff_rank"] and not take_all else [None]), here + "cutoff_tie", tr("is not that of somebody it took", "n'est pas celui d'une personne retenue"))
        carried = max(places - len(ties), 0) if "spill" in allotment else 0
    same(sum(part["filled"] for part in result["allotments"]), len(held), where + "allotments, filled")
    ever = set(held)
    for at, each in enumerate(result["promotions"], 1):
        new = each["passed"] + [each["taken"]] * bool(each["taken"])
        same(held.pop(each["fallen"], None), each["cell"], f"{where}promotions[{at}], fallen, cell")
        check(len(set(new) - ever) == len(new) and not (take_all and new), f"{where}promotions[{at}]", tr("takes one that cannot be taken", "prend quelqu'un qui ne peut pas l'être"))
        ever.update(new)
        held.update({each["taken"]: each["cell"]} if each["taken"] else {})
    say(tr("result: {} selected within their places, {} vacancies, void: {}", "résultat : {} personnes retenues, {} places devenues vacantes, annulation : {}").format(len(result["selected"]), len(result["promotions"]), result["void"]))
def check_bands(bands: Any, size: int, counted: list[int]) -> None:
    where, pairs = "counts.json, bands", [(band["from"], band["to"]) for band in bands]
    same([[band["count"] for band in bands], sum(counted)], [counted, size if bands else 0], where + ", count")
    tidy = all(low <= high for low, high in pairs) and all(one[1] < two[0] for one, two in zip(pairs, pairs[1:]))
    check(tidy and min(counted, default=20) >= 20, where, tr("overlap, are out of order, or have one of under 20 people", "se chevauchent, ne sont pas en ordre, ou l'une a moins de 20 personnes"))
def recompute(files: dict[str, bytes], commitment: Any, result: Any, notice: Any, bands: Any) -> None:
    """Draw again from leaves.txt and follow each promotion."""
    if "leaves.txt" not in files: raise Stop(2, "leaves.txt", tr("is not there: draws by chance alone have it, and the auditor", "manque : seuls l'ont les tirages par le hasard seul et le dossier scellé"))
    lines, walk, caps, ranks = files["leaves.txt"].decode("ascii", "replace").split("\n"), list[Any](), {"-": "-"}, notice.get("rank")
    same(lines.pop(), "", f"leaves.txt:{len(lines) + 1}")
    for at, line in enumerate(lines, 1):
        where = f"leaves.txt:{at}"
        if GONE.fullmatch(line): continue
        check(LEAF.fullmatch(line), where, formed(repr(line[:200])))
        _, draw, ticket, cells, rank, group, cap, _ = line.split("|")
        numbers = [-number(each) for each in rank.split(".")]
        check(not walk or ticket > walk[-1][2], where, tr("does not come after the ticket before it: ", "ne vient pas après le billet qui précède : ") + ticket)
        right = [commitment["draw"], ",".join(sorted(set(cells.split(",")))), caps.setdefault(group, cap)]
        if [draw, cells, cap] != right: same([draw, cells, cap], right, where + ", draw, cells, cap")
        ranks = numbers if ranks is None else ranks
        check(len(numbers) == (len(ranks) or 1) and (ranks or rank == "0"), where + ", rank (notice.json)", formed(rank))
        walk.append((numbers, tie_of(result["seed"] or "", draw, ticket), ticket, cells.split(","), group, cap, rank))
    same([len(lines), root_of(lines)], [commitment["size"], commitment["root"]], "leaves.txt, size, root (commitment.json)")
    firsts, gone = sorted(-entry[0][0] for entry in walk), len(lines) - len(walk)
    check_bands(bands, len(lines), [band["count"] for band in bands] if gone else [bisect.bisect(firsts, band["to"]) - bisect.bisect_left(firsts, band["from"]) for band in bands])
    alike = commitment["source"]["kind"] == "none" and len({entry[6] for entry in walk}) < len(walk)
    check(not alike or (commitment["order"][-3:] == "all" and len(caps) == 1), "leaves.txt", tr("has equal ranks, and no chance to part them", "a des rangs égaux, et pas de hasard pour les départager"))
    say(tr("all {} lines: root, order", "les {} lignes : racine, ordre").format(len(lines)))
    if gone: unsure(tr("the draw over again: ticket and salt of {} lines were erased", "le tirage refait : billet et sel de {} lignes ont été effacés").format(gone))
    if selects(result) and not gone: replay(sorted(walk), commitment, result)
    if "people.csv" in files: check_people(files["people.csv"].decode(), {entry[2]: entry[6] for entry in walk}, ranks)
def replay(walk: list[Any], commitment: Any, result: Any) -> None:
    take_all, carried, group_of = commitment["order"] == "rank-desc,take-all", 0, {entry[2]: entry[4] for entry in walk}
    taken, used, last = dict[str, str](), collections.Counter[str](), {part["cell"]: -1 for part in result["allotments"]}
    def following(cell: str, start: int) -> Any:
        for at, (_, _, ticket, cells, group, cap, _) in enumerate(walk[start:], start):
            if ticket not in taken and (cell == "*" or cell in cells) and (cap == "-" or used[group] < int(cap)): yield at, ticket
    for part, allotment in zip(result["allotments"], commitment["allotments"]):
        cell, places, filled = part["cell"], part["n"] + carried, 0
        for at, ticket in following(cell, 0):
            if filled >= places and not (take_all and filled and walk[at][0] == walk[last[cell]][0]): break
            taken[ticket], last[cell], filled = cell, at, filled + 1
            used[group_of[ticket]] += 1
        cut = walk[last[cell]] if filled and part["cutoff_rank"] else [None] * 7  # held back where few were taken
        same([part["filled"], part["cutoff_rank"], part["cutoff_tie"]], [filled, cut[6], None if take_all else cut[1]], f"result.json, allotments[{cell}], filled, cutoff_rank, cutoff_tie")
        carried = max(places - filled, 0) if "spill" in allotment else 0
    same({each["ticket"]: each["cell"] for each in result["selected"]}, taken, "result.json, selected, ticket, cell")
    for at, each in enumerate(result["promotions"], 1):
        used[group_of[each["fallen"]]] -= 1
        for ticket in [*each["passed"], each["taken"]]:
            end, next_one = next(following(each["cell"], len(walk) if take_all else last[each["cell"]] + 1), (-1, None))
            same(ticket, next_one, f"result.json, promotions[{at}], passed, taken")
            taken[ticket] = each["cell"]
        if each["taken"]:
            last[each["cell"]] = end
            used[group_of[each["taken"]]] += 1
    say(tr("the draw over again: everybody selected, every cut-off, every vacancy", "le tirage refait : les personnes retenues, chaque seuil, chaque place devenue vacante"))
def check_people(text: str, rank_of: dict[str, str], ranks: Any) -> None:
    seen = set[str]()
    for at, row in enumerate(csv.DictReader(text.splitlines(keepends=True)), 2):
        where, ticket, person = f"people.csv:{at} ({row['reference']})", row["ticket"], f"person {row['person']}"
        parts = [int(row[name]) for name in row if name.startswith("points:") and row[name]]
        check(bool(ticket) != bool(row["why"]), where, tr("must have either a ticket or why not", "doit avoir soit un billet, soit la raison de son absence"))
        check(not ticket or (ticket in rank_of and not {ticket, person} & seen), where, tr("has no leaf line, or is there twice", "n'a pas de ligne de feuille, ou y est deux fois"))
        seen |= {ticket, person} if ticket else set()
        same([str(sum(parts))] * bool(parts), [row["points"]] * bool(parts), where + ", points, points:")
        if ticket and ranks[:1] == ["points"]: same(row["points"], rank_of[ticket].split(".")[0], where + ", points (leaves.txt)")
    same(sorted(rank_of.keys() - seen)[:1], [], tr("people.csv, tickets without a row", "people.csv, billets sans rangée"))
    say(tr("people: {} in, each once, no ghosts, points add up", "personnes : {} présentes, chacune une fois, aucune inventée, points additionnés").format(len(rank_of)))
    unsure(tr("the facts behind the points: pack and auditor", "les faits derrière les points : ensemble de règles et vérification"))
def mine(place: str, files: dict[str, bytes] | None) -> None:
    """Check one's own receipt: the line was committed to, and stands on the right side of the cut-offs."""
    me, where = parsed({place: Path(place).read_bytes()}, place, canonical=False), f"{place}, "
    text, (counts, result) = me["commitment"].encode(), ({}, None) if files is None else public(files)
    commitment = parsed({where + "commitment": text}, where + "commitment", COMMITMENT)
    if counts:
        same([commitment["draw"], sha(text).hex()], [counts["draw"], counts["commit"]], where + "commitment (counts.json)")
        same(me["key"], (files or {}).get("key.txt", me["key"].encode()).decode().strip(), where + "key (key.txt)")
    if "commitment.json" not in (files or {}):
        check_times(commitment, where + "commitment, ")
        unsure(tr("the rule, days and hours that were announced", "la règle, les jours et les heures annoncés"))
    unsigned(me["key"])
    check(LEAF.fullmatch(me["line"]), where + "line", formed(repr(me["line"][:200])))
    _, draw, ticket, cells, rank, group, _, _ = me["line"].split("|")
    same([me["draw"], me["commit"], me["size"]], [commitment["draw"], sha(text).hex(), commitment["size"]], where + "draw, commit, size")
    root = climb(sha(b"\0", me["line"].encode()), me["index"], me["size"], me["path"]) if 0 <= me["index"] < me["size"] else b""
    same([root.hex(), draw], [commitment["root"], me["draw"]], where + "path, line")
    say(tr("your line is in that pool: rank {}, cells {}", "votre ligne est dans ce bassin : rang {}, cellules {}").format(rank, cells))
    if "taken" not in me: return unsure(tr("how you came out: this receipt is from before the draw", "votre résultat : ce reçu date d'avant le tirage"))
    seed, parts, cell = seed_of(me["source"], text, commitment, where + "source"), me["allotments"], me["cell"]
    reach = [[each["cell"], each["n"]] for each in commitment["allotments"] if each["cell"] in ("*", *cells.split(","))]
    same([me["tie"], [[part["cell"], part["n"]] for part in parts]], [tie_of(seed or "", draw, ticket), reach], where + "tie, allotments")
    order = {part["cell"]: [-number(each) for each in (part["cutoff_rank"] or "0").split(".")] + [part["cutoff_tie"] or ""] for part in parts}
    own = [-number(each) for each in rank.split(".")]
    after = {p["cell"]: p["cutoff_rank"] is None or order[p["cell"]] < [*own, me["tie"] if p["cutoff_tie"] else ""] for p in parts}
    full = bool(reach) and all(after.values()) and all(part["filled"] >= part["n"] for part in parts)
    right = {"places": full, "none": not reach, "cap": group != "-", "left": True}
    fair = after.get(cell) is me.get("promoted", False) if me["taken"] else cell is None and right.get(me["stopped"])
    check(fair, where + "taken", tr("rank {} and tie {} stand on the other side of the cut-off", "le rang {} et le numéro aléatoire {} sont de l'autre côté du seuil").format(rank, me["tie"]))
    same([me["cutoff_rank"], me["cutoff_tie"]], [[None, None], *([part["cutoff_rank"], part["cutoff_tie"]] for part in parts if cell in (None, part["cell"]))][-1], where + "cutoff_rank, cutoff_tie")
    if result:
        holds = [each["cell"] for each in result["selected"] + result["promotions"] if ticket in (each.get("ticket"), each.get("taken"))]
        must = [(holds or [None])[0], [part for part in result["allotments"] if part["cell"] in order]]
        shown = [{**part, **dict.fromkeys(["cutoff_rank", "cutoff_tie"] if part["filled"] < (counts.get("cutoff_from") or 1) else [])} for part in parts]
        same([cell, shown], must, where + "cell, allotments (result.json)")
        say(tr("your receipt has the cut-offs of the result, where they are published", "votre reçu porte les seuils du résultat, là où ils sont publiés"))
    else: unsure(tr("the cut-off in your receipt: no result is here to compare it with", "le seuil inscrit sur votre reçu : aucun résultat n'est là pour le comparer"))
    how = tr("taken for ", "retenue pour ") + cell if cell else tr("not taken, stopped by ", "non retenue, arrêtée par ") + me["stopped"]
    say(tr("you stand on the right side of that cut-off: ", "votre déclaration est du bon côté de ce seuil : ") + how)
def opened(place: str) -> dict[str, bytes]:
    root: Any = zipfile.Path(place) if place.lower().endswith(".zip") else Path(place)
    found = {path.name: path for path in root.iterdir() if path.is_file()}
    for name in sorted(found.keys() - FILES): unsure(name + tr(": it is no file of a bundle, and was not read", " : n'est pas un fichier d'un dossier de tirage, et n'a pas été lu"))
    return {name: path.read_bytes() for name, path in found.items() if name in FILES}
def main(arguments: list[str]) -> int:
    code, where, what = 0, "", tr("everything checked above holds", "tout ce qui est vérifié ci-dessus est exact")
    try:
        if arguments[:1] == ["mine"] and len(arguments) in (2, 3): mine(arguments[1], opened(arguments[2]) if arguments[2:] else None)
        elif arguments[:1] in (["public"], ["full"]) and len(arguments) == 2: public(opened(arguments[1]), arguments[0] == "full")
        else: raise Stop(2, "verify_draw.py", str(__doc__))
    except Stop as stop: code, where, what = stop.args[0], stop.args[1] + tr(": ", " : "), stop.args[2]
    except (OSError, zipfile.BadZipFile) as error: code, what = 2, tr("not readable: ", "illisible : ") + str(error)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError) as error: code, what = 1, tr("a file ", "un fichier ") + formed(repr(error))
    print((tr("RESULT: ", "RÉSULTAT : "), tr("REFUSED: ", "REFUSÉ : "), tr("CANNOT RUN: ", "IMPOSSIBLE : "))[code] + where + what)
    return code
if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal that has not all letters
    sys.exit(main([each for each in sys.argv[1:] if each not in ("--en", "--fr")]))
