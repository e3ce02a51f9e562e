"""A grid file: its head, its pool, and the total of its factors."""

from __future__ import annotations

from pointsgrid.loading.asked import read_asked
from pointsgrid.loading.context import Context, amounts, read_columns
from pointsgrid.loading.factors import read_children
from pointsgrid.loading.lists import read_conditions
from pointsgrid.loading.reader import Reader
from pointsgrid.loading.types import read_meta
from pointsgrid.loading.vocabulary import condition
from pointsgrid.model import SINGLE, Factor, Grid, Meta, Pool, Quota, Text


def read_grid(reader: Reader, context: Context) -> Grid:
    """Return the grid of one file."""
    context.places = reader.integer("points_places") or 0
    grid_id = reader.key("grid", "Name the grid, with its year or edition.")
    meta = read_meta(reader)
    context.meta = Meta(meta.source, meta.certainty)
    context.columns = read_columns(reader, context) or SINGLE
    computable = reader.flag("computable", default=True)
    root = _root(reader, context, computable)
    grid = Grid(
        id=grid_id,
        family=reader.text("family") or grid_id,
        label=reader.label("label", needed=True),
        in_force=reader.in_force(),
        root=root,
        status=reader.choice("status", ("official", "reconstructed", "draft"), "official"),
        computable=computable,
        message=reader.label("message"),
        places=context.places,
        pass_mark=amounts(reader, "pass_mark", context),
        gate=reader.text("gate"),
        pool=_pool(reader, context),
        known=tuple(reader.raw("known") or ()),
        meta=meta,
        file=reader.document.file,
    )
    if not computable and not grid.message:
        reader.report(
            "A grid that cannot be computed needs a message.", "Add message: {en: …, fr: …} telling what to do instead."
        )
    reader.done()
    return grid


def _root(reader: Reader, context: Context, computable: bool) -> Factor:
    children = read_children(reader, "factors", context)
    if computable and not children:
        reader.report("The grid has no factors.", "Add factors:, or computable: false with a message.")
    if computable and not reader.has("max"):
        reader.report("The grid declares no max.", "Add max: the highest total, so that it can be checked.")
    return Factor(
        id="total",
        kind="sum",
        label=Text("Total", "Total"),
        children=children,
        columns=context.columns,
        maximum=amounts(reader, "max", context),
        cap=amounts(reader, "cap", context),
        floor=amounts(reader, "floor", context),
        published_max=amounts(reader, "published_max", context),
        file=reader.document.file,
        path="",
        line=reader.document.line(("max",)),
    )


def _pool(reader: Reader, context: Context) -> Pool:
    inner = reader.child("pool")
    if inner is None:
        return Pool()
    pool = Pool(
        ranked_by=inner.choice("ranked_by", ("points", "nothing"), "points"),
        tie_break=tuple(str(key) for key in inner.raw("tie_break") or ()),
        resubmission=inner.choice("resubmission", ("resets", "keeps"), "resets"),
        filters=read_conditions(inner, context.names, "filters"),
        asked=read_asked(inner, context),
        quotas=tuple(_quota(item, context) for item in inner.children("quotas")),
        meta=read_meta(inner),
    )
    inner.done()
    return pool


def _quota(reader: Reader, context: Context) -> Quota:
    tree = condition(reader, context.names, "when", value=reader.required("when", "Say who the quota is for."))
    found = Quota(
        reader.key("id", "Name the quota."),
        reader.label("label", needed=True),
        tree,
        reader.integer("places"),
        reader.integer("percent"),
        read_meta(reader),
    )
    if (found.places is None) == (found.percent is None):
        reader.report("A quota has either places or percent.", "Keep one of the two.")
    reader.done()
    return found
