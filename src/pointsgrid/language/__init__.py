"""The expression language of packs: text to tree, types, evaluation for one person and for columns."""
