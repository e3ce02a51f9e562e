"""What is wrong with a pack: file, line, problem and remedy, all of them at once. The words are those of pointsgrid."""

from pointsgrid.problems import PackErrors, did_you_mean
from pointsgrid.problems import PackProblem as Problem


class BadPack(PackErrors, ValueError):
    """A pack that cannot be used; ``problems`` lists every fault found."""


__all__ = ["BadPack", "Problem", "did_you_mean"]
