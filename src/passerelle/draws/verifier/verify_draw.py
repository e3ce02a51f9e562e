#!/usr/bin/env python3
"""Check a published draw (npd1: docs/npd1.md) with nothing but Python 3.9 or later. Vérifier un tirage publié. Nothing is sent; rien n'est envoyé.
    python3 verify_draw.py public BUNDLE             a published bundle, a folder or a .zip; un dossier public
    python3 verify_draw.py mine RECEIPT [BUNDLE]     your own receipt, better with the bundle; votre reçu
    python3 verify_draw.py full BUNDLE               the whole draw again from leaves.txt; tout le tirage, refait
--en, --fr: language, langue (LANG). Exit code: 0 all that was checked holds; 1 something differs; 2 it could not be run (impossible)."""
from __future__ import annotations
import bisect, collections, csv, hashlib, hmac, json, os, pathlib, re, sys, zipfile, zlib
from datetime import datetime, timedelta
from typing import Any
QUICKNET, GENESIS = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971", datetime(2023, 8, 23, 15, 9, 27)  # drand: a round every 3 s
POOL = set("commitment.json commitment.sig seed.json result.json result.sig leaves.txt people.csv".split())  # nothing of them is public of few
FILES = POOL | set("notice.json notice.sig key.txt counts.json README.md LISEZMOI.md verify_draw.py".split())
FEW, MOST = "fewer than 20", 2**53 - 1  # all instants are UTC
def many(item: str) -> str: return rf"\[({item}(,{item})*)?\]"  # The two files that bind everything are checked against patterns of their canonical JSON.
def pairs(item: str) -> str: return "{" + many(f"{TEXT}:({item})")[2:-2] + "}"
def members(**patterns: str) -> str: return "{" + ",".join(f'"{name}":({pattern})' for name, pattern in sorted(patterns.items())) + "}"
WHOLE, TEXT, HASH, TICKET = "(0|[1-9][0-9]{0,15})", r'"([^"\\]|\\.)*"', '"[0-9a-f]{64}"', '"[0-9a-f]{32}"'
NAME, INSTANT, HEX, PART = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}", '"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"', "[0-9a-f]{32}", f"{TEXT}|{many(TEXT)}|{pairs(many(TEXT))}"
CELL, RANK, AIM = rf'"({NAME}|\*)"', rf"{WHOLE}(\.{WHOLE})*", members(categories=many(TEXT), filters=pairs(f"{PART}|{many(pairs(PART))}"), stream=TEXT)
LEAF = re.compile(rf"npd1-leaf\|{NAME}\|{HEX}\|(-|{NAME}(,{NAME})*)\|{RANK}\|([0-9a-f]{{16}}\|{WHOLE}|-\|-)\|{HEX}")
GONE = re.compile(r"npd1-gone\|[0-9a-f]{64}")  # a line whose ticket and salt were erased, by its hash
COMMITMENT = members(
    spec='"npd1"', program=f'"{NAME}"', draw=f'"{NAME}"', pack=HASH, closes=INSTANT, frozen=INSTANT, objections=INSTANT, size=WHOLE, root=HASH, prev=HASH,
    allotments=many(rf'{{"cell":{CELL},"n":{WHOLE}(,"spill":true)?}}'), order='"rank-desc,(tie-asc,ticket-asc|take-all)"',
    source=rf'{{"kind":"(dice|none)"}}|{{"chain":{HASH},"kind":"drand","round":[1-9][0-9]{{0,15}}}}',
).replace('"objections"', f'("notice":{HASH},)?"objections"').replace('"allotments"', f'("aim":{AIM},)?"allotments"')  # which may be absent
PARTS = many(members(cell=CELL, n=WHOLE, filled=WHOLE, cutoff_rank=f'"{RANK}"|null', cutoff_tie=f"{HASH}|null"))
RESULT = members(
    spec='"npd1"', draw=f'"{NAME}"', commit=HASH, source=f"{TEXT}|null", seed=f"{HASH}|null", selected_root=HASH, allotments=PARTS,
    selected=many(members(cell=CELL, ticket=TICKET)), void=f"null|{members(at=INSTANT, reason=TEXT)}",
    promotions=many(members(cell=CELL, fallen=TICKET, passed=many(TICKET), taken=f"{TICKET}|null")))
FRENCH = "--fr" in sys.argv or ("--en" not in sys.argv and next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")[:2] == "fr")
def tr(english: str, french: str) -> str: return french if FRENCH else english
def formed(detail: object) -> str: return tr("is not of the form that docs/npd1.md gives: ", "n'est pas de la forme que donne docs/npd1.md : ") + str(detail)
class Stop(Exception): """(1, where, what) when something differs; (2, where, what) when the check cannot be run."""
def stop(code: int, where: str, what: str) -> Any: raise Stop(code, where, what)
def check(holds: object, where: str, what: str) -> Any: return holds or stop(1, where, what)
def same(value: object, right: object, where: str) -> None:
    check(written(value) == written(right), where, tr("has {}, but it must be {}", "a {}, mais ce devrait être {}").format(written(value)[:300], written(right)[:300]))
def say(text: str, kind: str = "") -> None: print(f"  {kind or tr('holds:', 'exact :'):<14}{text}")
def unsure(text: str) -> None: say(text, tr("not checked:", "non vérifié :"))
def unsigned(key: str, bare: str = "") -> None: unsure(bare + tr("signatures (README.md: with openssl), and whose key this is: ", "les signatures (LISEZMOI.md : avec openssl), et à qui est cette clé : ") + key)
def written(value: object) -> str: return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))  # Canonical JSON (RFC 8785).
def sha(*parts: bytes) -> bytes: return hashlib.sha256(b"".join(parts)).digest()
def tree(nodes: list[bytes]) -> bytes:  # The root by RFC 9162: a tree splits at the largest power of two below its leaves.
    if len(nodes) < 2: return nodes[0] if nodes else sha()
    half = 1 << (len(nodes) - 1).bit_length() - 1
    return sha(b"\1", tree(nodes[:half]), tree(nodes[half:]))
def climb(node: bytes, index: int, size: int, path: list[str]) -> bytes:  # The root from one leaf; nothing when the path is too long or too short.
    if size <= 1 or not path: return node if size == 1 and not path else b""
    half, sibling = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    return sha(b"\1", *((climb(node, index, half, path[:-1]), sibling) if index < half else (sibling, climb(node, index - half, size - half, path[:-1]))))
def leaf(line: str) -> bytes: return bytes.fromhex(line[10:]) if GONE.fullmatch(line) else sha(b"\0", line.encode())
def root_of(lines: list[str]) -> str: return tree([leaf(line) for line in lines]).hex()
def tie_of(seed: str, draw: str, ticket: str) -> str: return hmac.digest(bytes.fromhex(seed), f"npd1-tie|{draw}|{ticket}".encode(), "sha256").hex()
def instant(file: Any, name: str, where: str) -> datetime:
    try: return datetime.fromisoformat(file[name][:-1] if re.fullmatch(INSTANT[1:-1], str(file.get(name)), re.ASCII) else "")
    except ValueError: raise Stop(1, where + name, formed(repr(file.get(name)))) from None
def number(text: str) -> int: return int(text) if abs(int(text)) <= MOST and str(int(text)) == text else stop(1, text[:30], f"-0, > {MOST}")
def once(named: list[tuple[str, Any]]) -> dict[str, Any]: return dict(named) if len(dict(named)) == len(named) else stop(1, ", ".join(name for name, _ in named)[:300], tr("has a name twice", "a deux fois le même nom"))
def given(files: dict[str, bytes], name: str) -> bytes: return files[name] if name in files else stop(2, name, tr("is not there, and it is needed", "manque, et il est nécessaire"))
def parsed(files: dict[str, bytes], name: str, form: str = "(?s).*", canonical: bool = True) -> Any:  # An object of whole numbers alone.
    try: value = json.loads(given(files, name).decode(), parse_int=number, parse_float=int, parse_constant=int, object_pairs_hook=once)
    except (ValueError, RecursionError) as error: raise Stop(1, f"{name}:1", formed(error)) from None
    sound = isinstance(value, dict) and re.fullmatch(form, text := written(value), re.ASCII) and (text.encode() == files[name] or not canonical)
    return value if sound else stop(1, f"{name}:1", formed(tr("members, canonical JSON", "membres, JSON canonique")))
def public(files: dict[str, bytes], whole: bool = False) -> tuple[Any, Any]:  # Return counts and, where it is public, result.
    undrawn, notice = whole and not {"counts.json", "result.json"} & files.keys(), parsed(files, "notice.json") if "notice.json" in files else {}
    counts, raw, result, source = {} if undrawn else parsed(files, "counts.json"), files.get("commitment.json", b""), None, None
    bare = [name for name in ("notice.json", "result.json") if name in files and name[:-4] + "sig" not in files]  # their key may be kept no more
    unsigned(given(files, "key.txt")[:60].decode("ascii", "replace").strip(), "".join(name + tr(" has no signature; ", " n'est pas signé; ") for name in bare))
    if counts.get("size") == FEW and not raw:
        same(sorted(files.keys() & POOL), [], tr("files beside fewer than 20 people", "fichiers à côté de moins de 20 personnes"))
        announced = [each.get("n") for each in (notice or {"allotments": [counts]})["allotments"]]
        right = {name: (notice or counts).get(name) for name in ("spec", "draw", "level", "cutoff_from")}
        for name, value in {**right, "n": FEW if {None, FEW} & {*announced} else sum(announced)}.items(): same(counts.get(name), value, f"counts.json, {name} (notice.json)")
        unsure(tr("a pool of fewer than 20; n, commit: ", "moins de 20 personnes; n, commit : ") + f"{counts['n']}, {counts['commit']}" + ("" if notice else tr("; no notice", "; aucun avis")))
        return counts, None
    commitment, _ = parsed(files, "commitment.json", COMMITMENT), given(files, "commitment.sig")
    check_commitment(commitment, notice, files.get("notice.json"))
    draw, size, commit, level = commitment["draw"], commitment["size"], sha(raw).hex(), notice.get("level", counts.get("level"))
    if "seed.json" in files or not (undrawn or "result.json" in files or (level == "auditor" and counts.get("selected", 0) == 0)):
        source, signature = parsed(files, "seed.json")["source"], str(parsed(files, "seed.json").get("signature"))
        drawn = re.fullmatch("([0-9a-f]{2})+", signature) and sha(bytes.fromhex(signature)).hex()
        check(commitment["source"]["kind"] != "drand" or source[-64:] == drawn, "seed.json, source, sha256(signature)", f"{source[-64:]} ≠ {drawn}")
    seed = seed_of(source, raw, commitment, "seed.json, source")
    if undrawn:
        unsure(tr("who is selected: no selection has been made, or its files were left out", "qui est retenu : la sélection n'est pas faite, ou ses fichiers manquent"))
        recompute(files, commitment, {"seed": None}, notice, [])
        return counts, None
    places, least = sum(each["n"] for each in commitment["allotments"]) if size >= 20 or counts.get("n") != FEW else FEW, (notice or counts).get("cutoff_from")
    right = {"spec": "npd1", "draw": draw, "commit": commit, "n": places, "level": level, "size": size if size >= 20 else FEW, "cutoff_from": least}
    if "result.json" in files or level != "auditor" or whole:
        result = parsed(files, "result.json", RESULT)
        same([result[name] for name in ("draw", "commit", "source", "seed")], [draw, commit, source, seed], "result.json, draw, commit, source, seed")
        check_result(result, commitment, notice, least or 1)
    parts = [{key: part[key] for key in ("cell", "filled", "n")} for part in (result or counts).get("allotments", [])]
    check_filled(parts, commitment, ("result.json" if result else "counts.json") + ", allotments")
    few, lots = ", ".join(part["cell"] for part in parts if 0 < part["filled"] < (least or 1)), notice.get("rank") == []
    if few: unsure(tr("cut-offs held back, for fewer than {} were taken: {}", "seuils non publiés, car moins de {} personnes ont été retenues : {}").format(least, few))
    bands = [] if size < 20 or few or lots or level == "auditor" or (result and result["void"]) else counts.get("bands", [])  # of such a draw none are told
    if size >= 20: right.update(result=sha(files["result.json"]).hex() if result else counts.get("result"), selected=sum(part["filled"] for part in parts), allotments=parts, bands=bands)
    check(size < 20 or re.fullmatch(HASH, written(counts.get("result"))), "counts.json, result", formed(counts.get("result")))
    for name, value in right.items(): same(counts.get(name), value, f"counts.json, {name}")
    check_bands(bands, size, [band["count"] for band in bands])
    if "leaves.txt" in files or whole or (level == "full" and lots): recompute(files, commitment, result, notice, bands)
    else: unsure(tr("who was in, and that the cut-offs are right: each person's receipt and the auditor do that", "qui participait, et l'exactitude des seuils : le reçu de chaque personne et la vérification indépendante le montrent"))
    return counts, result
def check_commitment(commitment: Any, notice: Any, raw: bytes | None) -> None:  # The rule is the one announced; days and hours were kept.
    where, cells = "commitment.json, ", [each["cell"] for each in commitment["allotments"]]
    same(cells, [*dict.fromkeys(cells)], where + "allotments, cell")
    frozen, objections = check_times(commitment, where)
    if notice or "notice" in commitment:
        same([commitment.get("notice"), commitment.get("aim")], [raw and sha(raw).hex(), None], where + "notice, aim")
        right = {**notice, "allotments": [{"n": commitment["size"], **each} for each in notice["allotments"]]}  # without n: everybody
        for name in ("spec", "program", "draw", "pack", "closes", "allotments", "order"): same(commitment[name], right[name], f"{where}{name} (notice.json)")
        same({name: value for name, value in commitment["source"].items() if name != "round"}, notice["source"], where + "source (notice.json)")
        terms = [notice["level"], notice["rank"], notice["notice_days"], notice["objection_hours"], notice.get("cutoff_from", 1)]
        check(re.fullmatch(rf'\["(full|bands|auditor)",{many(TEXT)}(,{WHOLE}){{3}}\]', written(terms)), "notice.json, level, rank, notice_days, objection_hours, cutoff_from", formed(terms))
        check(commitment["source"]["kind"] != "none" or notice["rank"] != [], where + "source", tr("is none, though chance alone decides", "est none, mais le hasard seul décide"))
        early, late = instant(notice, "published", "notice.json, ") + timedelta(terms[2]), frozen + timedelta(hours=terms[3])
        check(frozen >= early and objections >= late, where + "frozen, objections (notice.json)", f"{frozen} < {early}, {objections} < {late}")
    if notice: say(tr("rule, days and hours as announced", "règle, jours et heures comme annoncés"))
    else: unsure(tr("what was announced: there is no notice to compare; aim: ", "ce qui a été annoncé : il n'y a pas d'avis à comparer; visé : ") + written(commitment.get("aim")))
def check_times(commitment: Any, where: str) -> tuple[datetime, datetime]:  # Return the freeze and the end of objections: any round came after.
    closes, frozen, objections = (instant(commitment, name, where) for name in ("closes", "frozen", "objections"))
    check(closes <= frozen <= objections, where + "closes, frozen, objections", f"{closes} > {frozen} > {objections}")
    say(tr("closing, freeze, objections in order", "clôture, gel et oppositions dans l'ordre"))
    if commitment["source"].get("chain") == QUICKNET:
        check(GENESIS + timedelta(seconds=3 * commitment["source"]["round"] - 3) >= objections, where + "source, objections", f"{commitment['source']} < {objections}")
    elif "chain" in commitment["source"]: unsure(tr("when the round came out: this program does not know the chain ", "l'heure de la ronde : ce programme ne connaît pas la chaîne ") + commitment["source"]["chain"])
    unsure({"dice": tr("that the dice were thrown after the commitment: the witnesses know", "que les dés ont été lancés après l'engagement : les témoins le savent"), "drand": tr("the beacon's own signature: compare the round on drand's sites", "la signature de la balise : comparez la ronde sur les sites de drand"),
            "none": tr("that no two ranks are equal: full does, with leaves.txt", "que tous les rangs diffèrent : full le fait, avec leaves.txt")}[commitment["source"]["kind"]])
    return frozen, objections
def seed_of(source: str | None, raw: bytes, commitment: Any, where: str) -> str | None:
    kind, commit, draw = commitment["source"], sha(raw).hex(), re.escape(commitment["draw"])
    form = {"none": "none", "dice": f"dice:{draw}:[0-9]{{40}}"}.get(kind["kind"]) or f"drand:{kind['chain']}:{kind['round']}:[0-9a-f]{{64}}"
    check(source is None or re.fullmatch(form, source), f"{where} (commitment.json)", f"{source} ≠ {form}")
    say(tr("commitment {} of {} people, source of chance {}", "engagement {} de {} personnes, source du hasard {}").format(commit, commitment["size"], source))
    return source and sha(f"npd1-seed|{commit}|{source}".encode()).hex()
def selects(result: Any) -> bool: return bool(result["seed"] and (result["selected"] or not result["void"]))  # not one void before its selection
def check_filled(parts: Any, commitment: Any, where: str, carried: int = 0) -> None:  # No more than its places and those handed on, nor than the pool.
    same([[part["cell"], part["n"]] for part in parts], [[each["cell"], each["n"]] for each in commitment["allotments"]], where)
    for part, allotment in zip(parts, commitment["allotments"]):
        places, filled = part["n"] + carried, part["filled"]
        same(filled, max(filled if commitment["order"][-3:] == "all" and places else min(filled, places), 0), f"{where}[{part['cell']}], filled")
        carried = max(places - filled, 0) if "spill" in allotment else 0
    check(sum(part["filled"] for part in parts) <= commitment["size"], where + ", filled", f"> {commitment['size']} (commitment.json, size)")
def check_result(result: Any, commitment: Any, notice: Any, least: int) -> None:
    where, seed, take_all, ranks = "result.json, ", result["seed"], commitment["order"] == "rank-desc,take-all", notice.get("rank")
    check(seed or (result["void"] and not result["selected"]), where + "seed, void, selected", formed(seed))
    held = {each["ticket"]: each["cell"] for each in result["selected"]}
    same([each["ticket"] for each in result["selected"]], sorted(held), where + "selected, ticket")
    if selects(result) and any("n" not in each for each in notice.get("allotments", [])): same(len(held), commitment["size"], where + "selected (commitment.json, size)")
    same(result["selected_root"], root_of([f"npd1-sel|{commitment['draw']}|{ticket}|{held[ticket]}" for ticket in sorted(held)]), where + "selected_root")
    for part in result["allotments"]:
        here, rank = f"{where}allotments[{part['cell']}], ", part["cutoff_rank"]
        ties = [tie_of(seed, commitment["draw"], ticket) for ticket in held if held[ticket] == part["cell"]]
        same([part["filled"], rank is None], [len(ties), len(ties) < max(least, 1)], here + "filled, cutoff_rank")
        check(ranks is None or rank is None or (len(rank.split(".")) == max(len(ranks), 1) and (ranks or rank == "0")), here + "cutoff_rank (notice.json)", formed(rank))
        check(part["cutoff_tie"] in (ties if rank and not take_all else [None]), here + "cutoff_tie", tr("is not that of somebody it took", "n'est pas celui d'une personne retenue"))
    same(sum(part["filled"] for part in result["allotments"]), len(held), where + "allotments, filled")
    ever = set(held)
    for at, each in enumerate(result["promotions"], 1):
        new = each["passed"] + [each["taken"]] * bool(each["taken"])
        same(held.pop(each["fallen"], None), each["cell"], f"{where}promotions[{at}], fallen, cell")
        check(len(set(new) - ever) == len(new) and not (take_all and new), f"{where}promotions[{at}]", tr("takes one that cannot be taken", "prend quelqu'un qui ne peut pas l'être"))
        ever.update(new)
        held.update({each["taken"]: each["cell"]} if each["taken"] else {})
    check(len(ever) <= commitment["size"], where + "selected, promotions (commitment.json, size)", f"{len(ever)} > {commitment['size']}")
    say(tr("result: {} selected within their places, {} vacancies, void: {}", "résultat : {} personnes retenues, {} places devenues vacantes, annulation : {}").format(len(result["selected"]), len(result["promotions"]), result["void"]))
def check_bands(bands: Any, size: int, counted: list[int]) -> None:
    where, pairs = "counts.json, bands", [(band["from"], band["to"]) for band in bands]
    same([[band["count"] for band in bands], sum(counted)], [counted, size if bands else 0], where + ", count")
    tidy = all(type(low) is type(high) is int and low <= high for low, high in pairs) and all(one[1] < two[0] for one, two in zip(pairs, pairs[1:]))
    check(tidy and min(counted, default=20) >= 20, where, tr("overlap, are out of order, or have one of under 20 people", "se chevauchent, ne sont pas en ordre, ou l'une a moins de 20 personnes"))
def recompute(files: dict[str, bytes], commitment: Any, result: Any, notice: Any, bands: Any) -> None:  # Draw again from leaves.txt and follow each promotion.
    lines, walk, caps, ranks = given(files, "leaves.txt").decode("ascii", "replace").split("\n"), list[Any](), {"-": "-"}, notice.get("rank")
    same(lines.pop(), "", f"leaves.txt:{len(lines) + 1}")
    for at, line in ((at, line) for at, line in enumerate(lines, 1) if not GONE.fullmatch(line)):
        where = f"leaves.txt:{at}"
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
    parted = commitment["source"]["kind"] != "none" or (commitment["order"][-3:] == "all" and len(caps) == 1) or len({entry[6] for entry in walk}) == len(walk)
    check(parted, "leaves.txt", tr("has equal ranks, and no chance to part them", "a des rangs égaux, et pas de hasard pour les départager"))
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
        if each["taken"]: last[each["cell"]] = end
        used[group_of.get(each["taken"], "")] += 1
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
def mine(place: str, files: dict[str, bytes] | None) -> None:  # Check one's own receipt: the line was committed to, and stands on the right side of the cut-offs.
    me, where = parsed({place: pathlib.Path(place).read_bytes()}, place, canonical=False), f"{place}, "
    text, (counts, result) = me["commitment"].encode(), ({}, None) if files is None else public(files)
    commitment = parsed({where + "commitment": text}, where + "commitment", COMMITMENT)
    if counts:
        theirs = [counts["draw"], counts["commit"], given(files or {}, "key.txt").decode().strip()]
        same([commitment["draw"], sha(text).hex(), me["key"]], theirs, where + "commitment (counts.json), key (key.txt)")
    if "commitment.json" not in (files or {}):
        check_times(commitment, where + "commitment, ")
        unsure(tr("the rule, days and hours that were announced", "la règle, les jours et les heures annoncés"))
    unsigned(me["key"])
    check(LEAF.fullmatch(me["line"]) and re.fullmatch(many(HASH), written(me["path"])), where + "line, path", formed(repr(me["line"][:200])))
    _, draw, ticket, cells, rank, group, _, _ = me["line"].split("|")
    same([me["draw"], me["commit"], me["size"]], [commitment["draw"], sha(text).hex(), commitment["size"]], where + "draw, commit, size")
    root = climb(sha(b"\0", me["line"].encode()), me["index"], me["size"], me["path"]) if 0 <= me["index"] < me["size"] else b""
    same([root.hex(), draw], [commitment["root"], me["draw"]], where + "path, line")
    say(tr("your line is in that pool: rank {}, cells {}", "votre ligne est dans ce bassin : rang {}, cellules {}").format(rank, cells))
    if "taken" not in me: return unsure(tr("how you came out: this receipt is from before the draw", "votre résultat : ce reçu date d'avant le tirage"))
    seed, parts, cell, take_all = seed_of(me["source"], text, commitment, where + "source"), me["allotments"], me["cell"], commitment["order"][-3:] == "all"
    if "commitment.json" in (files or {}): same(me["source"], parsed(files or {}, "seed.json")["source"] if "seed.json" in (files or {}) else None, where + "source (seed.json)")
    check(re.fullmatch(PARTS, written(parts), re.ASCII) and type(me["taken"]) is bool, where + "allotments, taken", formed([parts, me["taken"]]))
    ends = [[(part["cutoff_rank"] or rank).count("."), part["cutoff_rank"] is None, part["cutoff_tie"] is None] for part in parts]
    same(ends, [[rank.count("."), not part["filled"], take_all or not part["filled"]] for part in parts], where + "allotments, cutoff_rank, cutoff_tie")
    reach = [[each["cell"], each["n"]] for each in commitment["allotments"] if each["cell"] in ("*", *cells.split(","))]
    same([me["tie"], [[part["cell"], part["n"]] for part in parts]], [tie_of(seed or "", draw, ticket), reach], where + "tie, allotments")
    order = {part["cell"]: [-number(each) for each in (part["cutoff_rank"] or rank).split(".")] + [part["cutoff_tie"] or ""] for part in parts}
    own = [-number(each) for each in rank.split(".")] + [me["tie"] * (not take_all)]
    after = {part["cell"]: not part["filled"] or order[part["cell"]] < own for part in parts}
    full = bool(reach) and all(after.values()) and all(part["filled"] >= part["n"] for part in parts)
    right = {"places": full, "none": not reach, "cap": reach and group != "-", "left": reach and (all(after.values()) or group != "-")}
    fair = after.get(cell) is me.get("promoted", False) if me["taken"] else cell is None and right.get(me["stopped"])
    check(fair, where + "taken", tr("rank {} and tie {} stand on the other side of the cut-off", "le rang {} et le numéro aléatoire {} sont de l'autre côté du seuil").format(rank, me["tie"]))
    same([me["cutoff_rank"], me["cutoff_tie"]], [[None, None], *([part["cutoff_rank"], part["cutoff_tie"]] for part in parts if cell in (None, part["cell"]))][-1], where + "cutoff_rank, cutoff_tie")
    if result:
        holds = [each["cell"] for each in result["selected"] + result["promotions"] if ticket in (each.get("ticket"), each.get("taken"))]
        must = [(holds or [None])[0], any(ticket in each["passed"] for each in result["promotions"]), [p for p in result["allotments"] if p["cell"] in order]]
        shown = [{**part, **dict.fromkeys(["cutoff_rank", "cutoff_tie"] if part["filled"] < (counts.get("cutoff_from") or 1) else [])} for part in parts]
        same([cell, me["stopped"] == "left", shown], must, where + "cell, stopped, allotments (result.json)")
        say(tr("your receipt has the cut-offs of the result, where they are published", "votre reçu porte les seuils du résultat, là où ils sont publiés"))
    else: unsure(tr("the cut-off in your receipt, and who had a place that fell vacant: no result is here to compare them with", "le seuil inscrit sur votre reçu, et qui a eu une place devenue vacante : aucun résultat n'est là pour les comparer"))
    if me["stopped"] == "cap": unsure(tr("that others of your employer had its places: the auditor does that", "que d'autres personnes de votre employeur ont eu ses places : la vérification le fait"))
    say(tr("you stand on the right side of that cut-off: ", "votre déclaration est du bon côté de ce seuil : ") + (tr("taken for ", "retenue pour ") + cell if cell else tr("not taken, stopped by ", "non retenue, arrêtée par ") + me["stopped"]))
def opened(place: str) -> dict[str, bytes]:
    root: Any = zipfile.Path(place) if place.lower().endswith(".zip") else pathlib.Path(place)
    found = once([(path.name, path) for path in root.iterdir() if path.is_file()])
    for name in sorted(found.keys() - FILES): unsure(name + tr(": it is no file of a bundle, and was not read", " : n'est pas un fichier d'un dossier de tirage, et n'a pas été lu"))
    return {name: path.read_bytes() for name, path in found.items() if name in FILES}
def main(arguments: list[str]) -> int:
    code, where, what = 0, "", tr("everything checked above holds", "tout ce qui est vérifié ci-dessus est exact")
    try:
        if arguments[:1] == ["mine"] and len(arguments) in (2, 3): mine(arguments[1], opened(arguments[2]) if arguments[2:] else None)
        elif arguments[:1] in (["public"], ["full"]) and len(arguments) == 2: public(opened(arguments[1]), arguments[0] == "full")
        else: raise Stop(2, "verify_draw.py", str(__doc__))
    except Stop as stop: code, where, what = stop.args[0], stop.args[1] + tr(": ", " : "), stop.args[2]
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error: code, what = 2, tr("not readable: ", "illisible : ") + str(error)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RuntimeError) as error: code, what = 1, tr("a file ", "un fichier ") + formed(repr(error))
    print((tr("RESULT: ", "RÉSULTAT : "), tr("REFUSED: ", "REFUSÉ : "), tr("CANNOT RUN: ", "IMPOSSIBLE : "))[code] + where + what)
    return code
if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal that has not all letters
    sys.exit(main([each for each in sys.argv[1:] if each not in ("--en", "--fr")]))
