"""What is not npd1 is refused: lines, canonical JSON, commitments, seeds, results and archives."""

import io
import zipfile
from itertools import pairwise

import pytest

from npd1 import bundle, canonical, leaves, seed
from npd1.commitment import Aim, Allotment, Commitment, Dice, Drand
from npd1.notice import Notice
from npd1.result import Filled, Promotion, Result, Void
from npd1.words import LARGEST, Malformed

T, S = "0123456789abcdef" * 2, "f" * 32
GOOD = f"npd1-leaf|D-1|{T}|FR,SK|87.5|{'a' * 16}|2|{S}"


def test_the_good_line_is_good():
    assert leaves.read(GOOD)[1].line("D-1") == GOOD
    assert leaves.read(f"npd1-leaf|D-1|{T}|-|0|-|-|{S}")[1].cells == frozenset()


@pytest.mark.parametrize(
    "line",
    [
        GOOD + "\n", " " + GOOD, GOOD + "|x", GOOD.replace("npd1-leaf", "npd1-sel"), GOOD.replace(T, T.upper()),
        GOOD.replace(T, T[:-1]), GOOD.replace(S, S + "f"), GOOD.replace("FR,SK", "SK,FR"), GOOD.replace("FR,SK", "FR,FR"),
        GOOD.replace("FR,SK", "FR,"), GOOD.replace("FR,SK", ""), GOOD.replace("FR,SK", "*"), GOOD.replace("FR,SK", "FR SK"),
        GOOD.replace("87.5", "087.5"), GOOD.replace("87.5", "-87"), GOOD.replace("87.5", "87."), GOOD.replace("87.5", ""),
        GOOD.replace("87.5", "+87"), GOOD.replace("87.5", "8７"), GOOD.replace("87.5", "1e3"),
        GOOD.replace("87.5", str(LARGEST + 1)),
        GOOD.replace("a" * 16, "A" * 16), GOOD.replace("a" * 16, "a" * 15), GOOD.replace("a" * 16, ""), GOOD.replace("|2|", "|02|"),
        GOOD.replace("|2|", "||"),
        GOOD.replace("|2|", "|-|"), GOOD.replace("a" * 16, "-"), GOOD.replace("D-1", "D" * 41),
        GOOD.replace("|2|", "|-1|"), GOOD.replace("D-1", "D|1"), GOOD.replace("D-1", ""),
        GOOD.replace("D-1", "é"), "",
    ],
)  # fmt: skip
def test_a_line_that_is_not_exactly_a_line_is_refused(line):
    with pytest.raises(Malformed):
        leaves.read(line)


@pytest.mark.parametrize(
    "leaf",
    [
        {"rank": ()},
        {"rank": (-1,)},
        {"rank": (True,)},
        {"cap": -1, "group": "a" * 16},
        {"cap": 1},
        {"group": "a" * 16},
        {"cells": frozenset({"a|b"})},
    ],
)
def test_a_leaf_that_cannot_be_written_is_refused(leaf):
    with pytest.raises(Malformed):
        leaves.Leaf(**{"ticket": T, "cells": frozenset({"SK"}), "rank": (1,), "salt": S, **leaf})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": -2}, b'{"a":-2,"b":1}'), ([], b"[]"), ({}, b"{}"), ([None, True, False], b"[null,true,false]"),
        ("\"\\\b\t\n\f\r\x01\x7f/", b'"\\"\\\\\\b\\t\\n\\f\\r\\u0001\x7f/"'), (LARGEST, b"9007199254740991"),
        ({"rule": "Tłı̨chǫ €"}, '{"rule":"Tłı̨chǫ €"}'.encode()),
    ],
)  # fmt: skip
def test_canonical_json(value, written):
    assert canonical.to_bytes(value) == written
    assert canonical.from_bytes(written) == value


@pytest.mark.parametrize(
    "value", [1.0, 1.5, "\ud800", {"é": 1}, {1: 2}, LARGEST + 1, -LARGEST - 1, b"x", (1,), {"a": [{"b": 0.5}]}]
)
def test_what_readers_of_json_disagree_on_is_refused(value):
    with pytest.raises(Malformed):
        canonical.to_bytes(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}\n', b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":1e3}', b'{"a":NaN}', b"01", b"-0",
        b'{"\xc3\xa9":1}', b'"\xff"', b'"\\u00e9"', b'"\\ud800"', b'"\\/"', b'"\\u000A"', b"", b"{", b"[" * 100_000,
    ],
)  # fmt: skip
def test_bytes_that_are_not_canonical_are_refused(data):
    with pytest.raises(Malformed):
        canonical.from_bytes(data)


def a_commitment(**changed):
    said = {
        "program": "NWT", "draw": "D-1", "pack": "1" * 64, "closes": "2026-07-06T23:00:00Z", "frozen": "2026-07-06T23:05:00Z",
        "objections": "2026-07-07T23:05:00Z", "size": 7, "root": "2" * 64, "source": Dice(), "allotments": (Allotment("*", 3),),
    }  # fmt: skip
    return Commitment(**{**said, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"pack": "1" * 63}, {"root": "G" * 64}, {"prev": ""}, {"closes": "2026-07-06 23:00"},
        {"frozen": "2026-07-06T23:00:00+00:00"},
        {"size": -1}, {"size": True}, {"order": "rank-asc"}, {"allotments": ()}, {"allotments": (Allotment("", 1),)},
        {"allotments": (Allotment("SK", -1),)}, {"program": "N W T"}, {"draw": "D|1"}, {"source": Drand("0" * 64, -1)},
        {"source": Drand("0", 1)}, {"source": Drand("0" * 64, 0)}, {"notice": "5"},
        {"allotments": (Allotment("SK", 1), Allotment("SK", 2))}, {"allotments": (Allotment("*", None),)},
        {"aim": Aim("SK", ("a", 5), {})}, {"aim": Aim("SK", "abc", {})}, {"aim": Aim("SK", (), {"match": 5})},
        {"aim": Aim("SK", (), {}), "notice": "4" * 64},
    ],
)  # fmt: skip
def test_a_commitment_that_cannot_stand_is_refused(changed):
    a_commitment().to_bytes()
    with pytest.raises(Malformed):
        a_commitment(**changed).to_bytes()


def test_a_commitment_is_read_back_whole_or_refused():
    whole = a_commitment(
        source=Drand("3" * 64, 9), notice="4" * 64,
        allotments=(Allotment("SK", 2, spill=True), Allotment("*", 1)),
    )  # fmt: skip
    assert Commitment.from_bytes(whole.to_bytes()) == whole
    plain = whole.plain()
    for key in plain:
        without = {name: value for name, value in plain.items() if name != key}
        if key not in ("notice", "prev", "order"):
            with pytest.raises(Malformed):
                Commitment.from_bytes(canonical.to_bytes(without))
    for more in (
        {"extra": 1}, {"spec": "npd2"}, {"source": {"kind": "coin"}}, {"source": {"kind": "dice", "round": 1}}, {"notice": ""},
        {"source": 5}, {"allotments": [{"cell": "SK"}]}, {"allotments": [{"cell": "SK", "n": 1, "spill": False}]},
        {"allotments": [5]},
    ):  # fmt: skip
        with pytest.raises(Malformed):
            Commitment.from_bytes(canonical.to_bytes({**plain, **more}))
    with pytest.raises(Malformed):
        Commitment.from_bytes(b"[]")


def test_an_aim_is_read_back_and_a_commitment_without_one_keeps_its_bytes():
    aimed = a_commitment(
        aim=Aim("SK", ["skilled"], {"attributes": ["trade"], "match": "any", "first_from": "2026-03-01"})
    )
    assert Commitment.from_bytes(aimed.to_bytes()) == aimed
    grouped = a_commitment(aim=Aim("SK", [], {"values": {"a": ["1"]}, "or": [{"attributes": ["b"], "match": "any"}]}))
    assert Commitment.from_bytes(grouped.to_bytes()) == grouped
    without = {name: value for name, value in aimed.plain().items() if name != "aim"}
    assert canonical.to_bytes(without) == a_commitment().to_bytes()
    for aim in (
        None,
        [],
        {},
        {"stream": "SK"},
        {**aimed.plain()["aim"], "more": "x"},
        {**aimed.plain()["aim"], "filters": []},
    ):
        with pytest.raises(Malformed):
            Commitment.from_bytes(canonical.to_bytes({**without, "aim": aim}))


def test_chance_that_is_not_whole_is_refused():
    for digits in ("1" * 39, "1" * 41, "1" * 39 + "x", "1" * 39 + "\u0661", "1" * 40 + "\n"):
        with pytest.raises(Malformed):
            seed.dice_source("D-1", digits)
    for signature in ("", "abc", "AB", "zz", "é"):
        with pytest.raises(Malformed):
            seed.randomness_of(signature)
    assert seed.randomness_of("00") == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    with pytest.raises(Malformed):
        seed.drand_source("0" * 64, 1, "0" * 63)
    with pytest.raises(Malformed):
        seed.seed_of("0" * 63, "dice:x:1")
    with pytest.raises(Malformed):
        seed.tie_of(b"k", "D-1", T.upper())


def test_a_result_that_cannot_stand_is_refused():
    def result(**changed):
        said = {"draw": "D-1", "commit": "1" * 64, "source": "", "seed": b"", "selected": [(T, "SK")], "allotments": []}
        return Result(**{**said, **changed})

    assert b'"void":null' in result(allotments=[Filled("*", 2, 0)]).to_bytes()
    assert b'"cutoff_rank":null' in result(allotments=[Filled("*", 2, 0)]).to_bytes()
    for changed in (
        {"commit": "1"}, {"selected": [("x", "SK")]}, {"selected": [(T, "S|K")]}, {"allotments": [Filled("SK", -1, 0)]},
        {"promotions": [Promotion("x", None, "SK")]}, {"promotions": [Promotion(T, "x", "SK")]},
        {"promotions": [Promotion(T, T, "S|K")]}, {"promotions": [Promotion(T, T, "SK", ["x"])]}, {"void": Void("today", "")},
        {"allotments": [Filled("SK", 1, 1, (1,), "ab")]}, {"allotments": [Filled("SK", 1, 1, (-1,))]},
    ):  # fmt: skip
        with pytest.raises(Malformed):
            result(**changed).to_bytes()


def test_an_archive_of_the_same_members_is_the_same_bytes():
    members = {"b.txt": b"two", "a.txt": b"one"}
    made = bundle.archive(members)
    assert made == bundle.archive(dict(reversed(members.items())))
    with zipfile.ZipFile(io.BytesIO(made)) as held:
        assert held.namelist() == ["a.txt", "b.txt"]
        assert held.read("b.txt") == b"two"
    for name in ("../x", "a/b", ".x", "é"):
        with pytest.raises(Malformed):
            bundle.archive({name: b""})


def test_a_notice_that_cannot_stand_is_refused():
    said = {
        "program": "NWT", "draw": "D-1", "published": "2026-07-01T16:00:00Z", "closes": "2026-07-06T23:00:00Z", "notice_days": 3,
        "objection_hours": 24, "pack": "1" * 64, "allotments": [Allotment("*", 3)], "order": "rank-desc,take-all",
        "rank": ["points"], "source": Drand("3" * 64, 1), "filters": {}, "level": "bands", "rule": {"en": "a", "fr": "é"},
    }  # fmt: skip
    assert canonical.from_bytes(Notice(**said).to_bytes())["source"] == {"kind": "drand", "chain": "3" * 64}
    open_to_all = Notice(**{**said, "allotments": [Allotment("*", None)]})
    assert canonical.from_bytes(open_to_all.to_bytes())["allotments"] == [{"cell": "*"}]
    for changed in (
        {"level": "all"},
        {"order": "any"},
        {"rule": {"en": "a"}},
        {"published": "now"},
        {"notice_days": -1},
        {"allotments": [Allotment("FR", 1), Allotment("*", None)]},
    ):
        with pytest.raises(Malformed):
            Notice(**{**said, **changed}).to_bytes()


def test_bands_hide_groups_under_twenty_and_small_pools_say_nothing():
    pool = [(number, 7) for number in range(100)]
    split = bundle.bands(pool)
    assert sum(one["count"] for one in split) == 700
    assert min(one["count"] for one in split) >= 20
    assert all(before["to"] < after["from"] for before, after in pairwise(split))
    assert bundle.bands([(5, 19), (6, 19), (9, 1)]) == [{"from": 5, "to": 9, "count": 39}]
    assert bundle.bands([(1, 30), (2, 3)]) == [{"from": 1, "to": 2, "count": 33}]
    told = {
        "draw": "D-1",
        "level": "bands",
        "commit": "1" * 64,
        "result": b"{}",
        "selected": 3,
        "allotments": [Filled("*", 3, 3)],
    }
    few = canonical.from_bytes(bundle.counts(**told, size=19, by_number=[(5, 19)]))
    assert few == {"spec": "npd1", "draw": "D-1", "level": "bands", "commit": "1" * 64, "size": "fewer than 20", "n": 3}
    assert canonical.from_bytes(bundle.counts(**told, size=20, by_number=[(5, 20)]))["bands"] == [
        {"from": 5, "to": 5, "count": 20}
    ]
    assert (
        canonical.from_bytes(bundle.counts(**{**told, "level": "auditor"}, size=20, by_number=[(5, 20)]))["bands"] == []
    )
