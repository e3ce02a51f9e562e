"""Reading the files of a pack: each reader turns YAML into model objects and reports every problem it sees."""
