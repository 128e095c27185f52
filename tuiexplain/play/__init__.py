"""The playground: a network of one's own on data of one's own, trained, changed and compared."""
