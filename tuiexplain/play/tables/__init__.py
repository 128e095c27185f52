"""Tables of one's own: a file is read, its columns are understood, and become a data set."""
