"""x"""


def check_grid(grid, facts, problems):
    pass
