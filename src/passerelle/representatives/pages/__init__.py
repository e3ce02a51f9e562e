"""Pages of this room: the client's and the representative's."""
