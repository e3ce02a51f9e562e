"""The published vector of npd1, byte for byte, and the public Certificate Transparency tree of eight leaves."""

import hashlib
import hmac
import json

from npd1 import canonical, leaves, seed, tree
from npd1.commitment import Allotment, Commitment, Drand, commit_of
from npd1.receipts import Drawn, Receipt, proves
from npd1.result import Filled, Result, selected_root
from pointsgrid import draw as choosing

DRAW = "NWT-2026-07"
LINES = [
    "npd1-leaf|NWT-2026-07|28bdacf1c891a3ebee7bec2b4dd29f37|SK|87|b2b2b2b2b2b2b2b2|2|ba76992a6079074311285334177ddda5",
    "npd1-leaf|NWT-2026-07|4b752cd6770403db1609521073155d9e|FR,SK|87|-|-|dbc4579ae2b3ab293213f42bb852706e",
    "npd1-leaf|NWT-2026-07|7775e06ad90f195c0b677663d2700e62|SK|87|a1a1a1a1a1a1a1a1|1|dc90cf07de907ccc64636ceddb38e552",
    "npd1-leaf|NWT-2026-07|a345d9ec52d8fc03ce05e244c132e657|FR|81|-|-|cc4efc6ae0d270fd4816cceea255e959",
    "npd1-leaf|NWT-2026-07|a460f8e98048cc47a438a873b9d0ab01|SK|87|b2b2b2b2b2b2b2b2|2|51e0ed5c000f3205a88bca9498b39922",
    "npd1-leaf|NWT-2026-07|dea0f1d6a342465f82d2810ab802d1df|SK|92|a1a1a1a1a1a1a1a1|1|2bc990059473448e6ebd442aa16bfaa0",
    "npd1-leaf|NWT-2026-07|f587e1dab3600a8840c8cf0018bc6aef|SK|75|-|-|ae37d7031bfe91f3f544e197fba8d144",
]
ROOT = "087eb41faf7a3664cee19544f454a9fe2c301aeaee1668035e1e65821b9dc1a4"
CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
COMMIT = "a490893b768ec7cc9312a7f588dbdf1e924d715698a676250edb38f10136b25f"
RANDOMNESS = "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
SEED = "ad258a577f7998a017c979722b866b3ea9aa8d5b4a776ab8f17b2442d575147e"
SELECTED_ROOT = "ccc7e3c14015d10fe87b65172cf4b82a63d1c616f4378ea3a3c9e0ac3d3f5c82"
WRITTEN = (
    '{"allotments":[{"cell":"FR","n":1},{"cell":"SK","n":3}],"closes":"2026-07-06T23:00:00Z","draw":"NWT-2026-07",'
    '"frozen":"2026-07-06T23:05:00Z","objections":"2026-07-07T23:05:00Z","order":"rank-desc,tie-asc,ticket-asc","pack":"'
    + "1" * 64 + '","prev":"' + "0" * 64 + '","program":"NWT","root":"' + ROOT + '","size":7,"source":{"chain":"' + CHAIN
    + '","kind":"drand","round":657413},"spec":"npd1"}'
)  # fmt: skip


def the_commitment() -> Commitment:
    return Commitment(
        program="NWT", draw=DRAW, pack="1" * 64, closes="2026-07-06T23:00:00Z", frozen="2026-07-06T23:05:00Z",
        objections="2026-07-07T23:05:00Z", size=7, root=ROOT, source=Drand(CHAIN, 657413),
        allotments=(Allotment("FR", 1), Allotment("SK", 3)),
    )  # fmt: skip


def test_the_lines_are_read_and_written_back_to_the_byte():
    for text in LINES:
        draw, leaf = leaves.read(text)
        assert draw == DRAW
        assert leaf.line(draw) == text


def test_the_first_leaf_and_the_root():
    hashes = [leaves.leaf_hash(text) for text in LINES]
    assert hashes[0].hex() == "0920b8aadb2293cf8650574ac3e3058f218d4dd796a646f2067d9e98963a846d"
    assert tree.root(hashes).hex() == ROOT


def test_the_commitment_is_these_bytes_and_this_name():
    written = the_commitment().to_bytes()
    assert written.decode() == WRITTEN
    assert commit_of(written) == the_commitment().commit() == COMMIT
    assert Commitment.from_bytes(written) == the_commitment()
    assert canonical.to_bytes(canonical.from_bytes(written)) == written


def test_the_seed_of_the_beacon_and_of_the_dice():
    assert seed.seed_of(COMMIT, seed.drand_source(CHAIN, 657413, RANDOMNESS)).hex() == SEED
    dice = seed.dice_source(DRAW, "3141592653589793238462643383279502884197")
    assert dice == "dice:NWT-2026-07:3141592653589793238462643383279502884197"
    assert seed.seed_of(COMMIT, dice).hex() == "754c3144bd036a412f8dea2817d0c28ee957d632e4954b8f5f0c7484aed43a90"


def test_the_tie_of_a_ticket_is_keyed_with_the_raw_seed():
    ticket = "4b752cd6770403db1609521073155d9e"
    tie = seed.tie_of(bytes.fromhex(SEED), DRAW, ticket)
    assert tie.startswith("61dd7c3a0384e362")
    assert tie == hmac.digest(bytes.fromhex(SEED), f"npd1-tie|{DRAW}|{ticket}".encode(), "sha256").hex()


def test_the_selection_of_the_vector_comes_out_of_the_library_that_chooses():
    entries = []
    for text in LINES:
        _draw, leaf = leaves.read(text)
        tie = seed.tie_of(bytes.fromhex(SEED), DRAW, leaf.ticket)
        entries.append(choosing.Entry(leaf.ticket, leaf.rank, tie, leaf.cells, leaf.group, leaf.cap))
    rule = choosing.Rule((choosing.Allotment(1, "FR"), choosing.Allotment(3, "SK")))
    outcome = choosing.select(lambda: choosing.ranking(entries), rule)
    taken = [(pick.entry.name, part.allotment.cell) for part in outcome.filled for pick in part.picks]
    assert [(name[:4], cell) for name, cell in taken] == [
        ("4b75", "FR"),
        ("dea0", "SK"),
        ("a460", "SK"),
        ("28bd", "SK"),
    ]
    assert selected_root(DRAW, taken).hex() == SELECTED_ROOT

    filled = [
        Filled(part.allotment.cell, part.places, len(part.picks), part.cutoff.rank, str(part.cutoff.tie))
        for part in outcome.filled
        if part.cutoff
    ]
    result = Result(DRAW, COMMIT, seed.drand_source(CHAIN, 657413, RANDOMNESS), bytes.fromhex(SEED), taken, filled)
    said = canonical.from_bytes(result.to_bytes())
    assert said["selected_root"] == SELECTED_ROOT
    assert [(one["ticket"], one["cell"]) for one in said["selected"]] == sorted(taken)
    assert [(one["cell"], one["n"], one["filled"], one["cutoff_rank"]) for one in said["allotments"]] == [
        ("FR", 1, 1, "87"), ("SK", 3, 3, "87"),
    ]  # fmt: skip


def test_a_receipt_proves_its_own_line_alone():
    hashes = [leaves.leaf_hash(text) for text in LINES]
    path = list(tree.paths(hashes))[1]
    assert [one.hex() for one in path] == [
        "0920b8aadb2293cf8650574ac3e3058f218d4dd796a646f2067d9e98963a846d",
        "8dac8b24bd90745c599b5db0eca62cc80c4e31c877fe13d9656728c3735f57cf",
        "e22b15d61a053bd83c452548e9621dce5825021c7f15f42dd64f3d239b606470",
    ]
    made = Receipt(DRAW, LINES[1], 1, 7, path, WRITTEN, "sig", "key")
    said = json.loads(made.to_bytes())
    assert (said["commit"], said["head"]) == (COMMIT, None)
    assert proves(said)
    for changed in (
        {"line": LINES[2]}, {"index": 2}, {"size": 8}, {"path": said["path"][:2]}, {"draw": "NWT-2026-08"}, {"line": "x"},
        {"commitment": WRITTEN.replace(ROOT, "0" * 64)}, {"commitment": "{}"}, {"path": None}, {"index": None},
    ):  # fmt: skip
        assert not proves({**said, **changed})
    assert not proves({})


def test_a_receipt_after_the_draw_tells_the_cut_off_of_its_cell():
    ends = [Filled("FR", 1, 1, (87,), "61" * 32), Filled("SK", 3, 3, (87,), "b8" * 32)]
    taken = Drawn("dice:x:1", "61" * 32, True, "FR", ends, {"en": "In", "fr": "Oui"}).plain()
    assert (taken["cell"], taken["cutoff_tie"], taken["stopped"], "promoted" in taken) == ("FR", "61" * 32, None, False)
    left = Drawn("dice:x:1", "c0" * 32, False, "", ends, {"en": "Out", "fr": "Non"}, "places").plain()
    assert (left["cell"], left["cutoff_tie"], left["stopped"]) == (None, "b8" * 32, "places")
    none = Drawn("dice:x:1", "c0" * 32, False, "", [], {"en": "Out", "fr": "Non"}, "none").plain()
    assert none["cutoff_rank"] is none["cutoff_tie"] is None


# The eight leaves that the authors of Certificate Transparency test with (RFC 6962, github.com/google/certificate-transparency).
CT_LEAVES = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_public_tree_of_certificate_transparency():
    hashes = [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in CT_LEAVES]
    assert [tree.root(hashes[: number + 1]).hex() for number in range(8)] == CT_ROOTS
    assert tree.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
